import { Refused } from './refused.ts'

/** A path that names at most one value: `$.a.b`, `$['a b']`, `$.list[0]`, `$$.Execution.Name`. */
export interface Path {
  text: string
  of: 'input' | 'context'
  steps: readonly (string | number)[]
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
const CONTEXT_FIELDS = [
  ['Execution', 'Id'],
  ['Execution', 'Input'],
  ['Execution', 'Name'],
  ['Execution', 'StartTime'],
  ['Map', 'Item', 'Index'],
  ['Map', 'Item', 'Value'],
  ['State', 'EnteredTime'],
  ['State', 'Name'],
  ['State', 'RetryCount'],
  ['StateMachine', 'Id'],
  ['StateMachine', 'Name'],
]

const STEP = /\.([\p{L}_][\p{L}\p{N}_]*)|\['([^'\\]+)'\]|\[(\d+)\]/uy

function parseSteps(text: string, from: number): (string | number)[] {
  const steps: (string | number)[] = []
  STEP.lastIndex = from
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text)
    if (!match) throw new Refused(`path ${text} is not in the local model: only names and list positions are`)
    const [, name, quoted, position] = match
    steps.push(name ?? quoted ?? Number(position))
  }
  return steps
}

/** @throws Refused for filters, slices, wildcards, `..`, intrinsic functions and context fields that are not kept. */
export function parsePath(text: string): Path {
  if (text.startsWith('States.')) throw new Refused(`intrinsic function ${text} is not in the local model`)
  if (!text.startsWith('$')) throw new Refused(`${text} is not a path: it must start with $`)
  if (!text.startsWith('$$')) return { text, of: 'input', steps: parseSteps(text, 1) }
  const steps = parseSteps(text, 2)
  const known = CONTEXT_FIELDS.some((field) => field.every((name, index) => steps[index] === name))
  if (!known) throw new Refused(`context field ${text} is not in the local model`)
  return { text, of: 'context', steps }
}

/** A path that a result may be put at: names in the input only. */
export function parsePlace(text: string): Path {
  const path = parsePath(text)
  if (path.of === 'context') throw new Refused(`${text} cannot be written to`)
  if (path.steps.some((step) => typeof step === 'number'))
    throw new Refused(`list position in ${text} is not in the local model as a place`)
  return path
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at the path, boxed, since a value may be null; undefined where there is none. */
export function find(path: Path, input: unknown, context: unknown): { value: unknown } | undefined {
  let value = path.of === 'input' ? input : context
  for (const step of path.steps) {
    if (typeof step === 'number') {
      if (!Array.isArray(value) || step >= value.length) return undefined
      value = value[step]
    } else {
      if (!isRecord(value) || !Object.hasOwn(value, step)) return undefined
      value = value[step]
    }
  }
  return { value }
}

function placeAt(steps: readonly (string | number)[], into: unknown, value: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (!isRecord(into)) return undefined
  const inner = Object.hasOwn(into, step) ? into[step] : {}
  const placed = placeAt(rest, inner, value)
  return placed === undefined ? undefined : { ...into, [step]: placed }
}

/** `into` with the value at the path, objects on the way made where there are none; undefined where something else is in the way. */
export function place(path: Path, into: unknown, value: unknown): unknown {
  return placeAt(path.steps, into, value)
}
