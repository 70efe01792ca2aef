import fc from 'fast-check'
import { type Resolve, type Schema, typesOf, valid } from './arbitrary.ts'

/** A value that the schema takes, and the steps to one place in it. */
interface Place {
  path: string[]
  schema: Schema
  value: unknown
}
export interface Mutant {
  value: unknown
  /** What was done to it, for whoever reads the failure. */
  what: string
}

const OF_TYPE: Record<string, unknown> = {
  string: 'x',
  integer: 3,
  boolean: true,
  null: null,
  array: [[]],
  object: { x: {} },
}
const DEEP = JSON.parse('['.repeat(2_000) + ']'.repeat(2_000))

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every place of the value, each with its schema; in a union only the place itself. */
function places(schema: Schema, value: unknown, resolve: Resolve, path: string[] = []): Place[] {
  if (schema.$ref !== undefined) return places(resolve(schema.$ref), value, resolve, path)
  const either = schema.oneOf ?? schema.anyOf
  const fitting = either?.find(
    ({ properties = {} }) =>
      isObject(value) && Object.entries(properties).every(([name, { enum: all }]) => !all || !(name in value) || all.includes(value[name])),
  )
  if (fitting) return places(fitting, value, resolve, path)
  const here = [{ path, schema, value }]
  if (Array.isArray(value) && schema.items) {
    const { items } = schema
    return [...here, ...value.flatMap((item, i) => places(items, item, resolve, [...path, String(i)]))]
  }
  if (!isObject(value)) return here
  return [
    ...here,
    ...Object.entries(value).flatMap(([name, member]) => {
      const other = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
      const inner = schema.properties?.[name] ?? other
      return inner ? places(inner, member, resolve, [...path, name]) : []
    }),
  ]
}

function put(value: unknown, [step, ...rest]: string[], change: unknown): unknown {
  if (step === undefined) return change
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === step ? put(item, rest, change) : item))
  return isObject(value) ? { ...value, [step]: put(value[step], rest, change) } : value
}

function outOfRange(
  { minimum, maximum, minLength, maxLength, minItems, maxItems, uniqueItems }: Schema,
  value: unknown,
): [string, unknown][] {
  const found: [string, unknown][] = []
  if (minimum !== undefined) found.push(['below the minimum', minimum - 1])
  if (maximum !== undefined) found.push(['above the maximum', maximum + 1])
  if (minLength) found.push(['too short', ''])
  if (maxLength !== undefined) found.push(['too long', 'a'.repeat(maxLength + 1)])
  if (minItems) found.push(['too few', []])
  if (maxItems !== undefined && Array.isArray(value))
    found.push(['too many', Array.from({ length: maxItems + 1 }, (_, i) => value[0] ?? i)])
  if (uniqueItems) found.push(['the same twice', ['a', 'a']])
  return found
}

function ofObject(
  { properties = {}, required = [], additionalProperties, propertyNames, maxProperties }: Schema,
  value: Record<string, unknown>,
): [string, unknown][] {
  const missing = required.map((name): [string, unknown] => {
    const { [name]: _gone, ...rest } = value
    return [`without ${name}`, rest]
  })
  const NEW = ['extra', '__PROTO__', 'constructor', 'é', 'a/b~c'].filter((name) => !(name in properties))
  const extra = additionalProperties === false ? NEW.map((name): [string, unknown] => [`with ${name}`, { ...value, [name]: 1 }]) : []
  const misnamed = propertyNames
    ? ['UPPER', '', ' ', 'a b', 'a'.repeat(64)].map((name): [string, unknown] => [`with ${name}`, { ...value, [name]: 'x' }])
    : []
  const many = Object.fromEntries(Array.from({ length: (maxProperties ?? 0) + 1 }, (_, i) => [`n${i}`, 'x']))
  return [
    ...missing,
    ...extra,
    ...misnamed,
    ...(maxProperties === undefined ? [] : ([['with too many', many]] satisfies [string, unknown][])),
  ]
}

/** What to put there instead, so that it is refused. */
function wrongs({ schema, value }: Place): [string, unknown][] {
  const types = typesOf(schema)
  const otherTypes = Object.entries(OF_TYPE).filter(([type]) => !types.includes(type) && !(type === 'integer' && types.includes('number')))
  return [
    ...otherTypes.map(([type, wrong]): [string, unknown] => [`a value of type ${type}`, wrong]),
    ['nested very deep', DEEP],
    ...(types.includes('integer') ? ([['a fraction', 3.5]] satisfies [string, unknown][]) : []),
    ...(schema.enum && types.includes('string') ? ([['not of the enum', 'nothing of the kind']] satisfies [string, unknown][]) : []),
    ...(schema.pattern !== undefined ? ([['not of the pattern', '\u0000 #']] satisfies [string, unknown][]) : []),
    ...(schema.format === 'date-time' ? ([['no moment', '2030-02-30T12:00:00Z']] satisfies [string, unknown][]) : []),
    ...outOfRange(schema, value),
    ...(isObject(value) ? ofObject(schema, value) : []),
  ]
}

/** Values that the schema takes but for one thing in one place. */
export const mutants = (schema: Schema, resolve: Resolve): fc.Arbitrary<Mutant> =>
  valid(schema, resolve).chain((right) =>
    fc
      .constantFrom(...places(schema, right, resolve))
      .chain((place) =>
        fc
          .constantFrom(...wrongs(place))
          .map(([what, wrong]) => ({ what: `/${place.path.join('/')} ${what}`, value: put(right, place.path, wrong) })),
      ),
  )
