export type Matcher = (event: unknown) => boolean

/** The operators in use; https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html has more. */
const OPERATORS: Record<string, (argument: unknown, at: string) => (value: unknown) => boolean> = {
  prefix: (argument, at) => {
    if (typeof argument !== 'string') throw new Error(`${at}: prefix takes text, not ${JSON.stringify(argument)}`)
    return (value) => typeof value === 'string' && value.startsWith(argument)
  },
  exists: (argument, at) => {
    if (typeof argument !== 'boolean') throw new Error(`${at}: exists takes true or false, not ${JSON.stringify(argument)}`)
    return (value) => (value !== undefined) === argument
  },
}

function alternative(wanted: unknown, at: string): (value: unknown) => boolean {
  if (typeof wanted !== 'object' || wanted === null) return (value) => value === wanted
  const [entry, ...others] = Object.entries(wanted)
  const [name = 'nothing', argument] = entry ?? []
  const operator = others.length === 0 ? OPERATORS[name] : undefined
  if (!operator) throw new Error(`${at} uses the operator ${Object.keys(wanted).join(', ')}, which the local cloud does not match by`)
  return operator(argument, at)
}

/** A field of the event matches when one of the alternatives does; of a list, when one of its elements does. */
function leaf(wanted: unknown[], at: string): Matcher {
  const alternatives = wanted.map((item) => alternative(item, at))
  return (value) => {
    // `exists` knows leaves only: an object counts as absent.
    const values = Array.isArray(value) ? value : [typeof value === 'object' && value !== null ? undefined : value]
    return values.some((item) => alternatives.some((matches) => matches(item)))
  }
}

const fieldOf = (event: unknown, name: string): unknown =>
  typeof event === 'object' && event !== null ? new Map(Object.entries(event)).get(name) : undefined

/**
 * An event pattern as a function: all named fields must match, fields it does not name may be anything.
 * @throws with its name for an operator that is not modelled
 */
export function eventMatcher(pattern: Record<string, unknown>, at: string): Matcher {
  const fields = Object.entries(pattern).map(([name, wanted]): [string, Matcher] => {
    const here = `${at}.${name}`
    if (name === '$or') throw new Error(`${here} uses the operator $or, which the local cloud does not match by`)
    if (Array.isArray(wanted)) return [name, leaf(wanted, here)]
    if (typeof wanted !== 'object' || wanted === null) throw new Error(`${here} should be a list of alternatives`)
    return [name, eventMatcher({ ...wanted }, here)]
  })
  return (event) => fields.every(([name, matches]) => matches(fieldOf(event, name)))
}
