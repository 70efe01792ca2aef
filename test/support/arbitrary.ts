import fc from 'fast-check'
import * as z from 'zod'

/** As much of a JSON schema as the OpenAPI document uses. */
export interface Schema {
  $ref?: string | undefined
  type?: string | string[] | undefined
  enum?: unknown[] | undefined
  oneOf?: Schema[] | undefined
  anyOf?: Schema[] | undefined
  allOf?: Schema[] | undefined
  properties?: Record<string, Schema> | undefined
  required?: string[] | undefined
  additionalProperties?: Schema | boolean | undefined
  propertyNames?: Schema | undefined
  items?: Schema | undefined
  examples?: unknown[] | undefined
  pattern?: string | undefined
  format?: string | undefined
  uniqueItems?: boolean | undefined
  minimum?: number | undefined
  maximum?: number | undefined
  minLength?: number | undefined
  maxLength?: number | undefined
  minItems?: number | undefined
  maxItems?: number | undefined
  maxProperties?: number | undefined
}

export const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    oneOf: z.array(Schema).optional(),
    anyOf: z.array(Schema).optional(),
    allOf: z.array(Schema).optional(),
    properties: z.record(z.string(), Schema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), Schema]).optional(),
    propertyNames: Schema.optional(),
    items: Schema.optional(),
    examples: z.array(z.unknown()).optional(),
    pattern: z.string().optional(),
    format: z.string().optional(),
    uniqueItems: z.boolean().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minLength: z.int().optional(),
    maxLength: z.int().optional(),
    minItems: z.int().optional(),
    maxItems: z.int().optional(),
    maxProperties: z.int().optional(),
  }),
)

export type Resolve = (ref: string) => Schema

/** `#/components/schemas/X` of a document. */
export function resolver(document: unknown): Resolve {
  const { components } = z.object({ components: z.object({ schemas: z.record(z.string(), Schema) }) }).parse(document)
  return (ref) => {
    const found = components.schemas[ref.replace('#/components/schemas/', '')]
    if (!found) throw new Error(`the document has no ${ref}`)
    return found
  }
}

/** Characters that are shown as they are, of several scripts, one code point each; none joins with another. */
const SHOWN = fc.constantFrom(...'abcxyzABC0189-_.éßñøЖщ日本ا٣😀€')
const TEXT_MAX = 40
const safeText = ({ minLength = 0, maxLength = TEXT_MAX }: Schema) =>
  fc.string({ unit: SHOWN, minLength, maxLength: Math.min(maxLength, Math.max(TEXT_MAX, minLength)) })

/** fast-check knows no classes of Unicode: for patterns with some, text of theirs is looked for. */
const NAMES = ['team', 'a', 'env/eu-1', 'x.y_z-0', 'é', '日本', 'ж9', 'a'.repeat(63)]
function ofPattern(pattern: string): fc.Arbitrary<string> {
  if (!pattern.includes('\\p{')) return fc.stringMatching(new RegExp(pattern))
  const fitting = NAMES.filter((name) => new RegExp(pattern, 'u').test(name))
  if (fitting.length === 0) throw new Error(`give NAMES one that fits ${pattern}`)
  return fc.constantFrom(...fitting)
}

const OFFSETS = fc.constantFrom('Z', '+00:00', '+02:00', '-11:30')
/** Far ahead: some may not be past. */
const moment = fc
  .tuple(fc.date({ min: new Date('2040-01-01'), max: new Date('2098-12-31'), noInvalidDate: true }), OFFSETS)
  .map(([date, offset]) => date.toISOString().replace('Z', offset))

function text(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.pattern !== undefined) return ofPattern(schema.pattern)
  return schema.format === 'date-time' ? moment : safeText(schema)
}

function members(schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema
  const known = fc.record(Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, valid(member, resolve)])), {
    requiredKeys: required,
    noNullPrototype: true,
  })
  if (typeof additionalProperties !== 'object') return known
  const names = text(schema.propertyNames ?? { minLength: 1 }).map(String)
  const maxKeys = Math.min(schema.maxProperties ?? 4, 4)
  const others = fc.dictionary(names, valid(additionalProperties, resolve), { maxKeys, noNullPrototype: true })
  return fc.tuple(others, known).map(([more, own]) => ({ ...more, ...own }))
}

function list(schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> {
  const { items = {}, minItems = 0, maxItems = minItems + 4 } = schema
  const bounds = { minLength: minItems, maxLength: Math.min(maxItems, minItems + 4) }
  return schema.uniqueItems ? fc.uniqueArray(valid(items, resolve), bounds) : fc.array(valid(items, resolve), bounds)
}

function ofType(type: string, schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = minimum + 1_000 } = schema
  switch (type) {
    case 'string':
      return text(schema)
    case 'integer':
      return fc.integer({ min: minimum, max: maximum })
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return list(schema, resolve)
    default:
      return members(schema, resolve)
  }
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})
export const typesOf = ({ type = 'object' }: Schema): string[] => [type].flat()

/** Values that the schema takes. */
export function valid(schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valid(resolve(schema.$ref), resolve)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const either = schema.oneOf ?? schema.anyOf
  if (either) return fc.oneof(...either.map((one) => valid(one, resolve)))
  if (schema.allOf)
    return fc.tuple(...schema.allOf.map((one) => valid(one, resolve))).map((parts) => Object.assign({}, ...parts.map(asObject)))
  return fc.oneof(...typesOf(schema).map((type) => ofType(type, schema, resolve)))
}
