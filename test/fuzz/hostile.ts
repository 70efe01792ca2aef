import fc from 'fast-check'
import type { Planned } from './planned.ts'

const METHODS = ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'POST', 'TRACE', 'PROPFIND', 'GET']
const SEGMENTS = [
  ...['.', '..', '%2e%2e', '%2e%2e%2f', '%00', '%ff%fe', '%c0%af', '%ed%a0%80', '*', '{cluster_id}', '__proto__', 'constructor'],
  ...[
    "'%20OR%201=1",
    '%23',
    '%3F',
    '%0d%0aset-cookie:a=b',
    'T%23ten_x',
    '⟦0.secret.5⟧',
    '%',
    '%zz',
    'é',
    '%F0%9F%98%80',
    '1'.repeat(2_000),
  ],
]
const KEYS = [
  '',
  'Bearer',
  'Bearer x',
  'Basic YTpi',
  'Bearer a.b.c',
  'Bearer ⟦0.bearer.0⟧x',
  'Bearer ⟦0.bearer.0⟧,Bearer ⟦1.bearer.0⟧',
  'bearer  ⟦1.bearer.0⟧ ',
]
const JWT = `Bearer ${btoa('{"alg":"none"}')}.${btoa('{"sub":"root","tenant":"⟦1.tenant.0⟧"}'.replace(/⟦.*⟧/, 'x'))}.`
const HEADERS = {
  'content-type': fc.constantFrom(
    'text/plain',
    '',
    'application/json; charset=utf-16',
    'application/jsonx',
    'multipart/form-data; boundary=x',
    '*/*',
  ),
  'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'deflate, gzip', ''),
  'accept-encoding': fc.constantFrom('*;q=0', 'identity;q=0', 'gzip;q=2', ',,,', 'zstd'),
  'idempotency-key': fc.constantFrom('', '"', '""', 'a'.repeat(256), 'a,b', '⟦0.secret.3⟧', 'caf\u00e9', ' '),
  'if-match': fc.constantFrom('', 'x', '"', 'W/"x"', '*, "x"', ',,'),
  'if-none-match': fc.constantFrom('*', ',,', '"'.repeat(99), 'W/'),
  prefer: fc.constantFrom('wait=-1', 'wait=1e9x', 'wait', 'wait=0,wait=0', ';', 'wait="0"'),
  'x-forwarded-for': fc.constantFrom('127.0.0.1', "' --", '::1'),
  'x-http-method-override': fc.constant('DELETE'),
  host: fc.constantFrom('evil.example', '127.0.0.1:1', ''),
  origin: fc.constant('https://evil.example'),
  'user-agent': fc.constantFrom('', '⟦0.secret.2⟧', 'a'.repeat(3_000), '<script>'),
  cookie: fc.constant('a=b; c=⟦1.secret.0⟧'),
  'x-long': fc.constant('y'.repeat(12_000)),
}
const NO_JSON = [
  ...[
    '',
    '{',
    '[]',
    'null',
    '"x"',
    '1e999',
    '{"a":1,"a":2}',
    '\ufeff{}',
    '{"__proto__":{"a":1}}',
    '{"labels":{"__proto__":"1"}}',
    'NaN',
    '"\\ud800"',
    '{"name":"\\udfff"}',
  ],
  ...[
    `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    `{"name":"${'x'.repeat(500_000)}"}`,
    `{${Array.from({ length: 5_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
  ],
  '{"name":"⟦1.secret.1⟧","labels":{"a":"⟦1.cluster_id.0⟧"},"engine":"valkey","size":"256m"}',
]
const BYTES = [
  [0xff, 0xfe, 0x00],
  [0xed, 0xa0, 0x80],
  [0xc0, 0xaf],
  [0x1f, 0x8b, 0x08, 0x00],
  [0x7b, 0x22, 0x61, 0xff, 0x22, 0x3a, 0x31, 0x7d],
  [0x00],
].map((bytes) => ({
  bytes: Buffer.from(bytes).toString('base64'),
}))

const otherPath = ({ path }: Planned): fc.Arbitrary<string> => {
  const parts = path.split('/')
  const replaced = fc
    .tuple(fc.nat(parts.length), fc.constantFrom(...SEGMENTS))
    .map(([i, segment]) => parts.with(Math.min(Math.max(1, i), parts.length - 1), segment).join('/'))
  return fc.oneof(
    replaced,
    fc.constantFrom(
      `${path}/`,
      `/${path}`,
      path.toUpperCase(),
      path.replaceAll('/', '//'),
      `${path};a=b`,
      `${path}#x`,
      `${path}?a=%ff&b`,
      `${path}?${'q=1&'.repeat(400)}`,
    ),
  )
}

/** The same request with something in it that no honest client sends. */
export function hostile(plan: Planned): fc.Arbitrary<Planned> {
  const planned: Planned = { ...plan, kind: 'hostile' }
  const headers = fc.record(HEADERS, { requiredKeys: [], noNullPrototype: true })
  // Few at a time: most of a request is to get as far as the code behind.
  const few = fc
    .tuple(headers, fc.subarray(Object.keys(HEADERS), { maxLength: 2 }))
    .map(([all, names]) => Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))))
  return fc.oneof(
    fc.constantFrom(...METHODS).map((method) => ({ ...planned, method })),
    otherPath(planned).map((path) => ({ ...planned, path })),
    fc.constantFrom(...KEYS, JWT).map((authorization) => ({ ...planned, headers: { ...planned.headers, authorization } })),
    few.map((more) => ({ ...planned, headers: { ...planned.headers, ...more } })),
    few.map((more) => ({ ...planned, headers: { ...planned.headers, ...more } })),
    fc
      .oneof(
        fc.constantFrom(...NO_JSON).map((text) => ({ text })),
        fc.constantFrom(...BYTES),
        fc.string({ unit: 'binary' }).map((text) => ({ text })),
      )
      .map((body) => ({ ...planned, body })),
  )
}
