import fc from 'fast-check'
import type { Route } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'
import { hostileBody, mostly, text } from './hostile-bodies.ts'

/** What an attacker knows: keys by what they are for, ids of its own and of a stranger, by path parameter, and cursors. */
export interface Known {
  keys: { tenant: string; platform: string }
  ids: Record<string, string[]>
  cursors: string[]
}

/** One request as a client may send it. */
export interface Hostile {
  method: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  body?: string
  base64: boolean
}

const KEYS = ['k', '"k"', '"', '""', 'a,a', 'é', 'x'.repeat(256)]
const NO_IDS = ['.', '..', '%2e%2e', '*', '{cluster_id}', 'é', '__proto__', 'x'.repeat(5_000)]
const spoiltIds = (id: string): string[] => [
  ...[id.toUpperCase(), `${id}/`, `${id}%2Fnodes`, ` ${id}`, `${id}#`, `${id}\u0000`, id.slice(0, -1), `${id}0`, `${id}${'0'.repeat(500)}`],
]

function segment(ids: string[]): fc.Arbitrary<string> {
  const id = fc.constantFrom(...ids)
  const spoilt = id.chain((right) => fc.constantFrom(...spoiltIds(right)))
  return mostly(id, fc.oneof(spoilt, fc.constantFrom(...NO_IDS), text), 3)
}

function pathOf(route: Route, { ids }: Known): fc.Arbitrary<string> {
  const all = Object.values(ids).flat()
  const parts = route.path.split('/').map((part) => {
    if (!part.startsWith('{')) return fc.constant(part)
    return mostly(segment(ids[part.slice(1, -1)] ?? all), segment(all), 5)
  })
  return fc.tuple(...parts).chain((found) => {
    const path = found.join('/')
    return mostly(fc.constant(path), fc.constantFrom(`${path}/`, `/${path}`, path.toUpperCase(), `${path}//`, `${path};a=b`))
  })
}

function authorization(route: Route, { keys }: Known): fc.Arbitrary<string> {
  const [right, other] = route.scope === 'platform' ? [keys.platform, keys.tenant] : [keys.tenant, keys.platform]
  const wrong = [`Bearer ${other}`, `Basic ${right}`, `Bearer ${right},Bearer ${right}`, `Bearer ${right.slice(0, -1)}`, `bearer  ${other}`]
  return mostly(fc.constant(`Bearer ${right}`), fc.oneof(fc.constantFrom(...wrong), text))
}

const OPTIONAL_HEADERS = {
  'idempotency-key': fc.oneof(fc.constantFrom(...KEYS), text),
  'if-none-match': fc.oneof(fc.constantFrom('*', '"x"', 'W/"', ',,'), text),
  'content-encoding': fc.constantFrom('identity', 'gzip', ''),
  prefer: fc.constant('wait=20'),
}

function headersOf(route: Route, known: Known): fc.Arbitrary<Record<string, string>> {
  const needed = fc.record({
    authorization: authorization(route, known),
    'content-type': mostly(fc.constant('application/json'), text),
  })
  const more = mostly(fc.constant({}), fc.record(OPTIONAL_HEADERS, { requiredKeys: [] }), 2)
  return fc.tuple(needed, more).map(([a, b]) => ({ ...a, ...b }))
}

function queryOf({ ids, cursors }: Known): fc.Arbitrary<Record<string, string>> {
  const cursor = fc.constantFrom(...cursors)
  const spoilt = cursor.map((right) => `${right.slice(0, -3)}AAA`)
  const asked = fc.record(
    {
      limit: fc.oneof(fc.constantFrom('1', '2', '100', '0', '-1', '1e1', '1,2', '٣'), text),
      cursor: fc.oneof(cursor, spoilt, text),
      cluster_id: segment(ids.cluster_id ?? ['']),
      constructor: text,
    },
    { requiredKeys: [] },
  )
  return mostly(fc.constant({}), asked, 2)
}

/** Any request to any route, most of it right. */
export const hostileRequest = (known: Known): fc.Arbitrary<Hostile> =>
  fc.constantFrom<Route>(...Object.values(ROUTES)).chain((route) =>
    fc.record({
      method: mostly(fc.constant<string>(route.method), fc.constantFrom('HEAD', 'OPTIONS', 'PUT', 'PATCH', 'TRACE', 'get', '')),
      path: pathOf(route, known),
      headers: headersOf(route, known),
      base64: fc.boolean(),
      query: queryOf(known),
      ...(route.method === 'GET' ? {} : { body: hostileBody(route) }),
    }),
  )
