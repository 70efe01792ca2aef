import * as z from 'zod'

/** A simple record set; weighted, aliased and other ones are not in use. */
export const RecordSet = z.object({
  /** Lower case, with the dot at its end. */
  name: z.string(),
  type: z.enum(['A', 'AAAA', 'CNAME', 'TXT']),
  ttl: z.int(),
  values: z.array(z.string()),
})
export type RecordSet = z.infer<typeof RecordSet>

export const fullName = (name: string): string => `${name.toLowerCase().replace(/\.$/, '')}.`
export const recordKey = ({ name, type }: Pick<RecordSet, 'name' | 'type'>): string => `${name} ${type}`

interface Place {
  name: string
  type: string
}
/** Route 53 lists names by their labels from the right, then by type. */
const sortKey = ({ name, type }: Place): string => `${name.split('.').reverse().join('.')} ${type}`
export const inOrder = (a: Place, b: Place): number => {
  const [left, right] = [sortKey(a), sortKey(b)]
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** The order of values means nothing. */
export const sameValues = (a: RecordSet, b: RecordSet): boolean =>
  a.ttl === b.ttl && a.values.length === b.values.length && [...a.values].sort().join('\n') === [...b.values].sort().join('\n')
