import * as z from 'zod'
import { AwsError } from '../aws/service.ts'
import type { DurableMap } from '../store/durable-map.ts'
import type { Parameter } from './parameter.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export const PutInput = z.strictObject({
  Name: z.string(),
  Value: z.string(),
  Type: z.enum(['String', 'SecureString']).optional(),
  Overwrite: z.boolean().default(false),
  Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
  Description: z.string().optional(),
  Tier: z.literal('Standard').optional(),
})

const MAX_BYTES = 4096
const MAX_LEVELS = 15
const NAME = /^[a-zA-Z0-9_.\-/]{1,1011}$/

function checkName(name: string): void {
  if (!NAME.test(name)) throw new AwsError('ValidationException', 'Parameter name: can consist of the symbols a-zA-Z0-9_.-/ only.')
  const levels = name.split('/').filter(Boolean)
  if (levels.length > MAX_LEVELS)
    throw new AwsError('HierarchyLevelLimitExceededException', `A parameter name has at most ${MAX_LEVELS} levels.`)
  if (levels.length > 1 && !name.startsWith('/'))
    throw new AwsError('ValidationException', 'Parameter name: must be a fully qualified name.')
  // The public parameters are AWS's own: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-finding-public-parameters.html
  if (/^\/aws/i.test(name)) throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name.slice(1)}.`)
  if (/^(aws|ssm)/i.test(levels[0] ?? ''))
    throw new AwsError('ValidationException', 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).')
}

/** Every put is a new version; one that is not to overwrite fails where there is one already. */
export function putParameter(parameters: DurableMap<Parameter>, input: z.infer<typeof PutInput>, now: number): object {
  checkName(input.Name)
  const existing = parameters.get(input.Name)
  if (existing && !input.Overwrite)
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    )
  if (input.Overwrite && input.Tags)
    throw new AwsError('ValidationException', "Invalid request: tags and overwrite can't be used together.")
  const type = input.Type ?? existing?.type
  if (!type) throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.')
  if (input.Value === '') throw new AwsError('ValidationException', 'A parameter value has at least one character.')
  if (Buffer.byteLength(input.Value) > MAX_BYTES)
    throw new AwsError('ValidationException', `Standard tier parameters support a maximum parameter value of ${MAX_BYTES} characters.`)
  const version = (existing?.version ?? 0) + 1
  const tags = input.Tags ? Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value])) : (existing?.tags ?? {})
  parameters.set(input.Name, { name: input.Name, type, value: input.Value, version, modifiedAt: now, tags })
  return { Version: version, Tier: 'Standard' }
}
