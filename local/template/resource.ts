import * as z from 'zod'

/** A resource whose properties can be asked for, intrinsics resolved. */
export interface Resource {
  stackName: string
  /** Of its stack, and so its own. */
  stackTags: Record<string, string>
  logicalId: string
  type: string
  ref: string
  /** @throws when the type has no such attribute */
  attribute(name: string): string
  /** Properties as written. */
  properties: Record<string, unknown>
  resolve(value: unknown, at: string): unknown
}

/**
 * Reads the properties a local service acts on. `ignores` are properties that are known to mean nothing here, with the
 * reason; `Tags` always are. Any other property is refused by name: it would be a setting that silently does nothing.
 */
export function readProperties<S extends z.ZodRawShape>(
  resource: Resource,
  reads: S,
  ignores: Record<string, string> = {},
): z.infer<z.ZodObject<S>> {
  const at = `${resource.type} ${resource.logicalId}`
  const resolved: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(resource.properties)) {
    if (name in reads) resolved[name] = resource.resolve(value, `${at}.${name}`)
    else if (!(name in ignores) && name !== 'Tags') throw new Error(`${at} has the property ${name}, which the local cloud does not know`)
  }
  const parsed = z.object(reads).safeParse(resolved)
  if (!parsed.success) throw new Error(`${at}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** CloudFormation takes numbers and booleans as text too. */
export const number = z.coerce.number()
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')])
