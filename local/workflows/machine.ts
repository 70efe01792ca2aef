import * as z from 'zod'
import { parseRule } from './choice.ts'
import { isRecord, parsePath, parsePlace } from './paths.ts'
import { parseField, parseTemplate, type Template } from './payload.ts'
import { compiled, Refused } from './refused.ts'
import { Catcher, Retrier } from './retry.ts'

const path = compiled(z.string(), parsePath)
const template = compiled(z.unknown(), parseTemplate)
const seconds = z.int().min(0).max(99_999_999)

export const queryLanguage = z.literal('JSONPath', { error: 'QueryLanguage other than JSONPath is not in the local model' }).optional()
const common = { Comment: z.string().optional(), QueryLanguage: queryLanguage }
const inOut = { ...common, InputPath: path.nullable().optional(), OutputPath: path.nullable().optional() }
const then = { Next: z.string().optional(), End: z.boolean().optional() }
const result = {
  ResultPath: compiled(z.string(), parsePlace).nullable().optional(),
}
const errors = { Retry: z.array(Retrier).default([]), Catch: z.array(Catcher).default([]), ResultSelector: template.optional(), ...result }

/** `FunctionName` is fixed, so that the functions a machine calls can be read off it. */
const LambdaParameters = compiled(
  z.strictObject({ FunctionName: z.string(), Payload: z.unknown().optional(), 'Payload.$': z.string().optional() }),
  ({ FunctionName, ...payload }): { FunctionName: string; payload: Template } => {
    const [field, ...more] = Object.entries(payload)
    if (!field || more.length > 0) throw new Refused('lambda:invoke needs one of Payload and Payload.$')
    return { FunctionName, payload: parseField(field)[1] }
  },
)

const Choice = compiled(z.looseObject({ Next: z.string() }), ({ Next, ...rule }) => ({ Next, rule: parseRule(rule) }))

const Task = z.strictObject({
  Type: z.literal('Task'),
  ...inOut,
  ...then,
  ...errors,
  Resource: z.literal('arn:aws:states:::lambda:invoke', { error: (issue) => `Resource ${issue.input} is not in the local model` }),
  Parameters: LambdaParameters,
  TimeoutSeconds: seconds.min(1).optional(),
})

const MapShape = z.strictObject({
  Type: z.literal('Map'),
  ...inOut,
  ...then,
  ...errors,
  ItemsPath: path.optional(),
  ItemSelector: template.optional(),
  MaxConcurrency: z.int().min(0).default(0),
  ItemProcessor: z.strictObject({
    Comment: z.string().optional(),
    ProcessorConfig: z
      .strictObject({ Mode: z.literal('INLINE', { error: (issue) => `Map mode ${issue.input} is not in the local model` }) })
      .optional(),
    StartAt: z.string(),
    States: z.record(z.string(), z.unknown()),
  }),
})

const STATE_TYPES = [
  Task,
  MapShape,
  z.strictObject({ Type: z.literal('Choice'), ...inOut, Choices: z.array(Choice).min(1), Default: z.string().optional() }),
  z
    .strictObject({
      Type: z.literal('Wait'),
      ...inOut,
      ...then,
      Seconds: seconds.optional(),
      SecondsPath: path.optional(),
      Timestamp: z.iso.datetime({ offset: true }).optional(),
      TimestampPath: path.optional(),
    })
    .refine(
      (state) =>
        [state.Seconds, state.SecondsPath, state.Timestamp, state.TimestampPath].filter((given) => given !== undefined).length === 1,
      'a Wait has exactly one of Seconds, SecondsPath, Timestamp, TimestampPath',
    ),
  z.strictObject({
    Type: z.literal('Pass'),
    ...inOut,
    ...then,
    ...result,
    Parameters: template.optional(),
    Result: z.unknown().optional(),
  }),
  z.strictObject({ Type: z.literal('Succeed'), ...inOut }),
  z.strictObject({ Type: z.literal('Fail'), ...common, Error: z.string(), Cause: z.string().optional() }),
] as const

const StateShape = z.discriminatedUnion('Type', STATE_TYPES, {
  error: (issue) => (isRecord(issue.input) ? `Type ${String(issue.input.Type)} is not in the local model` : 'a state is an object'),
})
type StateShape = z.infer<typeof StateShape>

/** A Map with the states of its iterations loaded too. */
export type MapState = z.infer<typeof MapShape> & { processor: Graph }
export type State = Exclude<StateShape, { Type: 'Map' }> | MapState
export type StateOf<T extends State['Type']> = Extract<State, { Type: T }>

export interface Graph {
  startAt: string
  states: ReadonlyMap<string, State>
}

/** @throws Refused what the local model does not have, by its name. */
export function parseState(name: string, raw: unknown): StateShape {
  const parsed = StateShape.safeParse(raw)
  if (parsed.success) return parsed.data
  throw new Refused(`state ${name}: ${z.prettifyError(parsed.error)}`)
}
