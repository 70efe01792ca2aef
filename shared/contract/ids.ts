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

/** An id of that kind: its prefix, then 26 letters and digits that sort by the time it was made. */
export const Id = (kind: keyof typeof PREFIXES) =>
  z.string().regex(new RegExp(`^${PREFIXES[kind]}_[0-9a-hjkmnp-tv-z]{26}$`), { error: `is not an id of the form ${PREFIXES[kind]}_...` })

/** RFC 3339 in UTC, milliseconds included. */
export const Time = z.iso.datetime({ error: 'is not a moment in UTC such as 2030-01-31T12:00:00Z' })
