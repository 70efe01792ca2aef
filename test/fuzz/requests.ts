import fc from 'fast-check'
import { type Schema, valid } from '../support/arbitrary.ts'
import { mutants } from '../support/arbitrary-mutations.ts'
import { hostile } from './hostile.ts'
import type { Described, Description } from './operations.ts'
import type { Planned } from './planned.ts'

const TENANTS = 3
const mark = (place: string | number, name: string, index: number): string => `⟦${place}.${name}.${index}⟧`
const index = fc.nat(1_000)

/** What schemas do not say: values that this cell has, so that most of what is valid is also accepted. */
const HINTS: Record<string, unknown> = {
  size: '256m',
  url: 'https://hooks.example.com/in',
  since: '2026-01-01T00:00:00Z',
  azs: undefined,
  plan: undefined,
  version: undefined,
}
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const hinted = (body: unknown): unknown =>
  isObject(body) ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, name in HINTS ? HINTS[name] : value])) : body

function bodyOf({ requestBody }: Described, { resolve }: Description): fc.Arbitrary<{ type: string; schema: Schema; body: unknown }> {
  const contents = Object.entries(requestBody?.content ?? {})
  return fc.constantFrom(...contents).chain(([type, { schema, example }]) => {
    const made = valid(schema, resolve)
    return fc.oneof(fc.constant(example), made.map(hinted), made.map(hinted), made).map((body) => ({ type, schema, body }))
  })
}

/**
 * Ids of the tenant's own; now and then of another. The platform names tenants that were made for it to end, and keys with the
 * tenant that has them.
 */
function pathOf({ path, parameters }: Described, who: number | 'platform', foreign: number): fc.Arbitrary<string> {
  const names = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
  const one = (name: string, pick: number, of: number, luck: number): string => {
    if (name === 'code') return 'not_found'
    if (who !== 'platform') return mark(luck < foreign ? (who + 1) % TENANTS : who, name, pick)
    if (!names.includes('key_id')) return mark('p', name, pick)
    return name === 'tenant_id' ? mark(of, 'tenant', 0) : mark(of, name, pick)
  }
  const picks = fc.tuple(...names.map(() => fc.tuple(index, fc.nat(99))))
  return fc
    .tuple(picks, fc.nat(TENANTS - 1))
    .map(([picked, of]) =>
      names.reduce((text, name, i) => text.replace(`{${name}}`, one(name, picked[i]?.[0] ?? 0, of, picked[i]?.[1] ?? 99)), path),
    )
}

function queryOf({ parameters }: Described, place: number | 'p', { resolve }: Description): fc.Arbitrary<string> {
  const asked = parameters.filter((parameter) => parameter.in === 'query')
  const values = asked.map(({ name, schema }) => {
    const value: fc.Arbitrary<unknown> = ['cursor', 'cluster_id'].includes(name)
      ? index.map((i) => mark(place, name, i))
      : valid(schema, resolve)
    return fc.option(value, { freq: 2, nil: undefined }).map((given) => (given === undefined ? [] : [`${name}=${encoded(String(given))}`]))
  })
  return fc.tuple(...values).map((parts) => {
    const query = parts.flat().join('&')
    return query === '' ? '' : `?${query}`
  })
}

/** All but marks. */
const encoded = (text: string): string =>
  text
    .split(/(⟦[^⟧]*⟧)/)
    .map((part) => (part.startsWith('⟦') ? part : encodeURIComponent(part.toWellFormed())))
    .join('')

function headersOf({ parameters }: Described, place: number | 'p'): fc.Arbitrary<Record<string, string>> {
  const takes = (name: string): boolean => parameters.some((parameter) => parameter.in === 'header' && parameter.name === name)
  const optional = {
    ...(takes('Idempotency-Key') ? { 'idempotency-key': fc.nat(400).map((n) => `key-${n}`) } : {}),
    ...(takes('If-Match')
      ? {
          'if-match': fc.oneof(
            fc.constant('*'),
            index.map((i) => mark(place, 'etag', i)),
          ),
        }
      : {}),
    ...(takes('Prefer') ? { prefer: fc.constantFrom('wait=0', 'respond-async') } : {}),
    'if-none-match': index.map((i) => mark(place, 'etag', i)),
    'accept-encoding': fc.constantFrom('gzip', 'identity', 'br;q=1.0, gzip;q=0.5'),
  }
  return fc.record(optional, { requiredKeys: [], noNullPrototype: true })
}

function right(operation: Described, description: Description, foreign: number): fc.Arbitrary<Planned> {
  const caller: fc.Arbitrary<number | 'platform'> = operation.who === 'platform' ? fc.constant('platform') : fc.nat(TENANTS - 1)
  return caller.chain((who) => {
    const place = who === 'platform' ? 'p' : who
    const body = operation.requestBody ? bodyOf(operation, description) : fc.constant(undefined)
    return fc
      .tuple(pathOf(operation, who, foreign), queryOf(operation, place, description), headersOf(operation, place), body)
      .map(([path, query, headers, sent]) => ({
        kind: 'valid' as const,
        operationId: operation.operationId,
        method: operation.method,
        path: path + query,
        headers: {
          ...(operation.who === 'anybody' ? {} : { authorization: `Bearer ${mark(place, 'bearer', 0)}` }),
          ...(sent ? { 'content-type': sent.type } : {}),
          ...headers,
        },
        ...(sent ? { body: { text: JSON.stringify(sent.body) } } : {}),
      }))
  })
}

/** Right but for one thing. */
function almost(operation: Described, description: Description): fc.Arbitrary<Planned> {
  const plan = right(operation, description, 50).map((planned): Planned => ({ ...planned, kind: 'almost' }))
  const contents = Object.values(operation.requestBody?.content ?? {})
  const wrongBodies = contents.map(({ schema }) =>
    fc
      .tuple(plan, mutants(schema, description.resolve))
      .map(([planned, { value }]) => ({ ...planned, body: { text: JSON.stringify(value) } })),
  )
  const otherKey = fc.tuple(plan, fc.constantFrom('p', 0, 1, 2)).map(([planned, place]): Planned => {
    return { ...planned, headers: { ...planned.headers, authorization: `Bearer ${mark(place, 'bearer', 0)}` } }
  })
  const otherQuery = fc
    .tuple(
      plan,
      fc.constantFrom(
        'limit=0',
        'limit=101',
        'limit=x',
        'cursor=x',
        'cursor=⟦1.cursor.3⟧',
        'unheard_of=1',
        'sort=x',
        'after=-1',
        'expand=all',
        'limit=1&limit=2',
        'dry_run=maybe',
      ),
    )
    .map(([planned, more]) => ({ ...planned, path: `${planned.path}${planned.path.includes('?') ? '&' : '?'}${more}` }))
  return fc.oneof(plan, otherKey, otherQuery, ...wrongBodies, ...wrongBodies, ...wrongBodies)
}

/** Any request to any operation: six of ten valid. */
export function requests(description: Description): fc.Arbitrary<Planned> {
  const operation = fc.constantFrom(...description.operations)
  return fc.oneof(
    { weight: 6, arbitrary: operation.chain((each) => right(each, description, 2)) },
    { weight: 3, arbitrary: operation.chain((each) => almost(each, description)) },
    { weight: 2, arbitrary: operation.chain((each) => right(each, description, 20).chain(hostile)) },
  )
}
