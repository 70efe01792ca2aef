/**
 * The pattern language that EventBridge rules and Lambda's event filters share
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html), as far as it is in use:
 * exact values, `prefix`, `exists`, `anything-but`. Any other operator is refused by name when the pattern is read.
 */
export type EventPattern = (event: unknown) => boolean

type Leaf = string | number | boolean | null
/** `undefined` stands for a field that is not there, or is no leaf. */
type Matcher = (value: Leaf | undefined) => boolean

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isLeaf = (value: unknown): value is Leaf => value === null || ['string', 'number', 'boolean'].includes(typeof value)

function operand<T>(operator: string, value: unknown, is: (value: unknown) => value is T): T {
  if (!is(value)) throw new Error(`event pattern: ${operator} cannot take ${JSON.stringify(value)}`)
  return value
}
const isText = (value: unknown): value is string => typeof value === 'string'
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const isLeafList = (value: unknown): value is Leaf[] => Array.isArray(value) && value.every(isLeaf)

function prefix(argument: unknown): Matcher {
  const start = operand('prefix', argument, isText)
  return (value) => typeof value === 'string' && value.startsWith(start)
}
function exists(argument: unknown): Matcher {
  const wanted = operand('exists', argument, isFlag)
  return (value) => (value !== undefined) === wanted
}
function anythingBut(argument: unknown): Matcher {
  if (isObject(argument)) {
    const refused = matcher(argument)
    return (value) => value !== undefined && !refused(value)
  }
  const refused = operand('anything-but', Array.isArray(argument) ? argument : [argument], isLeafList)
  return (value) => value !== undefined && !refused.includes(value)
}
const OPERATORS: Record<string, (argument: unknown) => Matcher> = { prefix, exists, 'anything-but': anythingBut }

function matcher(rule: unknown): Matcher {
  if (isLeaf(rule)) return (value) => value === rule
  const [entry, ...others] = isObject(rule) ? Object.entries(rule) : []
  const operator = entry && others.length === 0 ? OPERATORS[entry[0]] : undefined
  if (!entry || !operator) throw new Error(`event pattern: the local model has no operator ${JSON.stringify(rule)}`)
  return operator(entry[1])
}

function field(rules: unknown[]): EventPattern {
  const matchers = rules.map(matcher)
  const any = (value: Leaf | undefined): boolean => matchers.some((matches) => matches(value))
  return (value) => {
    if (Array.isArray(value) && value.length > 0) return value.some((element) => any(isLeaf(element) ? element : undefined))
    // `exists` knows leaves only: to it an object is not there.
    return any(isLeaf(value) ? value : undefined)
  }
}

function node(pattern: unknown, path: string): EventPattern {
  if (Array.isArray(pattern)) return field(pattern)
  if (!isObject(pattern)) throw new Error(`event pattern: ${path} has to be a list of what matches`)
  const parts = Object.entries(pattern).map(([key, part]): EventPattern => {
    if (key.startsWith('$')) throw new Error(`event pattern: the local model has no operator ${key}`)
    const matches = node(part, path ? `${path}.${key}` : key)
    return (event) => matches(isObject(event) ? event[key] : undefined)
  })
  return (event) => parts.every((matches) => matches(event))
}

/** @throws Error naming what the local model does not know. */
export const eventPattern = (pattern: unknown): EventPattern => node(pattern, '')
