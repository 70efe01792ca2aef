import { createHash } from 'node:crypto'
import * as z from 'zod'

export const Parameter = z.object({
  name: z.string(),
  type: z.enum(['String', 'SecureString']),
  value: z.string(),
  version: z.int(),
  modifiedAt: z.number(),
  tags: z.record(z.string(), z.string()),
})
export type Parameter = z.infer<typeof Parameter>

/** What stands for a secret that nobody asked to decrypt: not the value, and nothing made from it. */
const ciphertext = ({ name, version }: Parameter): string => `AQICAH${createHash('sha512').update(`${name}:${version}`).digest('base64')}`

/** What there is to say of it beside its value; times are epoch seconds. */
export const metadata = (parameter: Parameter, arn: string): object => ({
  Name: parameter.name,
  ARN: arn,
  Type: parameter.type,
  DataType: 'text',
  Version: parameter.version,
  LastModifiedDate: parameter.modifiedAt / 1000,
})

/** As GetParameter answers it. */
export const described = (parameter: Parameter, arn: string, withDecryption: boolean): object => ({
  ...metadata(parameter, arn),
  Value: parameter.type === 'SecureString' && !withDecryption ? ciphertext(parameter) : parameter.value,
})
