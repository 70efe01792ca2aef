import * as z from 'zod'

/** The same prefixes as platform/ids.ts makes ids with; that one needs Node, this one runs in a browser too. */
const PREFIXES = {
  tenant: 'ten',
  key: 'key',
  cluster: 'clu',
  node: 'nod',
  operation: 'op',
  event: 'evt',
  webhook: 'whk',
  delivery: 'dlv',
  audit: 'aud',
} as const

type Kind = keyof typeof PREFIXES

const idOf = (kind: Kind): z.ZodString =>
  z.string().regex(new RegExp(`^${PREFIXES[kind]}_[0-9a-hjkmnp-tv-z]{26}$`), { error: `is not an id of the form ${PREFIXES[kind]}_...` })

/** Dozens of schemas have one, and each would take its time at every cold start. */
const known = new Map<Kind, z.ZodString>()

/** An id of that kind: its prefix, then 26 letters and digits that sort by the time it was made. */
export function Id(kind: Kind): z.ZodString {
  const id = known.get(kind) ?? idOf(kind)
  known.set(kind, id)
  return id
}

/** RFC 3339 in UTC, milliseconds included. */
export const Time = z.iso.datetime({ error: 'is not a moment in UTC such as 2030-01-31T12:00:00Z' })
