import fc from 'fast-check'
import type { Route } from '../../../shared/contract/route.ts'

const NAMES = ['__proto__', 'constructor', 'toString', 'prototype', 'a', 'é', '\u0000', '~/', '']
const TEXTS = [
  ...['', ' ', 'x', 'a'.repeat(300), 'null', '\u0000', 'é', '\ud83d\ude00', '\ud83d', "' OR 1=1 --", '../../etc/passwd', '#', 'T#ten_x'],
  ...['https://hooks.example.com/', 'https://127.0.0.1/', 'valkey', 'redis', '9.1', '7.2', '256m', '64g', 'cache', 'eu-west-1a'],
  ...['*', 'read', 'admin', 'cluster.ready', '2099-01-01T00:00:00Z', '2000-01-01T00:00:00Z', '2099-02-30T00:00:00Z'],
]
const NUMBERS = [0, -0, 1, 3, 3.5, -1, 61, 1e21, 2 ** 53, 1e-7]

export const mostly = <T, U>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<U>, weight = 12): fc.Arbitrary<T | U> =>
  fc.oneof<fc.MaybeWeightedArbitrary<T | U>[]>({ weight, arbitrary: right }, { weight: 1, arbitrary: wrong })

export const text = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 70 }),
)
const scalar = fc.oneof(text, fc.constantFrom(...NUMBERS), fc.boolean(), fc.constant(null), fc.double({ noNaN: true }))
const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 70 }))
const plain = { noNullPrototype: true }
const { any } = fc.letrec<{ any: unknown; list: unknown; map: unknown }>((tie) => ({
  any: fc.oneof({ maxDepth: 3, depthSize: 'small' }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('any'), { maxLength: 8 }),
  map: fc.dictionary(name, tie('any'), { ...plain, maxKeys: 6 }),
}))

/** What members of bodies may be, right more often than not. */
const MEMBERS: Record<string, fc.Arbitrary<unknown>> = {
  engine: fc.constantFrom('valkey', 'redis'),
  size: fc.constantFrom('256m', '512m', '1g', '64g'),
  version: fc.constantFrom('9.1', '8.1', '7.2'),
  shards: fc.constantFrom(3, 4, 60),
  replicas: fc.constantFrom(0, 1, 3),
  azs: mostly(fc.subarray(['eu-west-1a', 'eu-west-1b', 'eu-west-1c'], { minLength: 1 }), fc.subarray(['eu-west-1a', 'x']), 3),
  durability: fc.constantFrom('cache', 'replicated'),
  name: mostly(fc.constant('orders'), text, 2),
  labels: fc.dictionary(mostly(fc.stringMatching(/^[a-z0-9][a-z0-9._/-]{0,62}$/), name, 30), text, { ...plain, maxKeys: 40 }),
  url: mostly(fc.constant('https://hooks.example.com/'), text, 2),
  events: fc.subarray(['*', 'cluster.ready', 'cluster.failed']),
  description: text,
  quota: fc.dictionary(fc.constantFrom('clusters', 'nodes', 'memory_mib', 'webhooks'), mostly(fc.nat(100), scalar, 3), plain),
  scopes: fc.subarray(['read', 'write', 'credentials', 'admin']),
  mode: fc.constantFrom('live', 'test'),
  expires_at: mostly(fc.constant('2099-01-01T00:00:00Z'), text, 2),
}
const LEAST: Record<string, object> = {
  createCluster: { engine: 'valkey', size: '256m' },
  createWebhook: { url: 'https://hooks.example.com/' },
  createTenant: { name: 'a' },
}
const NO_JSON = ['{', '{"a":1,"a":2}', '\ufeff{}', '[[[[', '{"__proto__":{"a":1}}', '{"labels":{"__proto__":1}}', 'NaN', '"\\ud800"']

const takes = (route: Route, member: string): boolean =>
  route.body.safeParse({ ...LEAST[route.operationId], [member]: null }).error?.issues.every(({ code }) => code !== 'unrecognized_keys') ??
  true

/** Bodies for that route as text: right ones, right ones with one member spoilt or too many, any JSON, and none. */
export function hostileBody(route: Route): fc.Arbitrary<string> {
  const members = Object.keys(MEMBERS).filter((member) => takes(route, member))
  const least = LEAST[route.operationId] ?? {}
  const right = fc
    .record(Object.fromEntries(members.map((member) => [member, MEMBERS[member] ?? any])), { requiredKeys: [] })
    .map((body) => ({ ...least, ...body }))
  const more = fc.tuple(right, name, any).map(([body, member, value]) => ({ ...body, [member]: value }))
  const spoilt = fc.tuple(right, fc.constantFrom(...members, 'x'), any).map(([body, member, value]) => ({ ...body, [member]: value }))
  const json = fc.oneof({ weight: 4, arbitrary: right }, more, spoilt, any).map((body) => JSON.stringify(body) ?? '')
  return mostly(json, fc.oneof(text, fc.constantFrom(...NO_JSON)), 8)
}
