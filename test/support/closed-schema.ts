type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const mapValues = (object: Json, change: (value: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]))

/** Schemas that say together what one value is: what one of them does not know, another may. */
const TOGETHER = ['allOf', 'anyOf', 'oneOf']
const MEMBERS = ['properties', '$ref', ...TOGETHER]

/** The schema with everything inside it closed; what it is a part of, or itself, may say more. */
export function closedInside(schema: unknown, base = ''): Json {
  if (!isObject(schema)) return {}
  const part = (name: string, value: unknown): unknown => {
    if (name === 'properties' && isObject(value)) return mapValues(value, (each) => closed(each, base))
    if ((name === 'items' || name === 'additionalProperties') && isObject(value)) return closed(value, base)
    if (TOGETHER.includes(name) && Array.isArray(value)) return value.map((each) => closedInside(each, base))
    return name === '$ref' ? `${base}${String(value)}` : value
  }
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, part(name, value)]))
}

/**
 * The same schema, but no object may have a member that it does not name: a client may pass over what it does not know, a
 * server must not say what it does not document.
 * @param base what its local references are local to
 */
export function closed(schema: unknown, base = ''): Json {
  const inside = closedInside(schema, base)
  return MEMBERS.some((name) => name in inside) ? { ...inside, unevaluatedProperties: false } : inside
}
