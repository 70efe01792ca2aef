import * as z from 'zod'
import type { ErrorCode } from './errors.ts'
import type { TenantScope } from './key.ts'

/** Who may call: anybody, the platform's own keys, or a tenant's key with that scope. */
export type Scope = 'public' | 'platform' | TenantScope
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What routes are about, as the description groups them. */
export const TAGS = {
  Tenants: 'Who uses the service, and how much of it each may',
  Keys: 'Who may act for a tenant',
  Clusters: 'Database clusters, their nodes and how to connect to them',
  Operations: 'The long work that creates and deletes',
  Events: 'What happened, to be read in order',
  Webhooks: 'Being told what happened',
  Audit: 'Who did what',
  Engines: 'What a cluster can be made of',
  Service: 'The API itself',
} as const

/** What one value of the query parameter `expand` asks for beyond its row. */
export interface Expansion {
  /** A key needs this scope too. */
  scope?: TenantScope
  /** It leaves an entry in the audit trail. */
  audited?: boolean
}

/** An answer that a row gives when it is asked otherwise. */
export interface Alternative {
  status: number
  response: z.ZodType
  /** When it is given, as a sentence. */
  when: string
}

/** One row of the route table. `Params`, `Query` and `Body` are parsed strictly before anything else happens. */
export interface Route<Params extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  operationId: string
  tag: keyof typeof TAGS
  summary: string
  method: Method
  /** `{name}` stands for one segment. */
  path: string
  scope: Scope
  /** The platform's keys may call it too; then it is about what the platform itself did or has. */
  platformToo: boolean
  /** Its answer tells a secret: a read leaves an entry in the audit trail, as every change does, and so does a change that is only repeated. */
  audited: boolean
  params: Params
  query: Query
  /** `None`: the route takes no body. */
  body: Body
  /** Takes an Idempotency-Key. */
  idempotent: boolean
  status: number
  /** Absent: the answer has no body. */
  response?: z.ZodType
  /** Of the answer, beside those that every answer has. */
  headers: readonly string[]
  /** Beside those that follow from the rest of the row. */
  errors: readonly ErrorCode[]
  /** Pointers into the body at which a value that is not allowed has a code of its own. */
  refusals: Readonly<Record<string, ErrorCode>>
  /** By the value of `expand` that asks for it. */
  expansions: Readonly<Record<string, Expansion>>
  /** Honours If-Match: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1 */
  conditional: boolean
  /** Honours `Prefer: wait=N`: https://www.rfc-editor.org/rfc/rfc7240#section-4.3 */
  waits: boolean
  /** Beside `status` and `response`. */
  also: readonly Alternative[]
}

/** Every other request changes something. */
export const reads = (row: Pick<Route, 'method'>): boolean => row.method === 'GET'

/** Takes nothing. */
const None = z.strictObject({})
type None = typeof None
export const takesBody = (row: Route): boolean => row.body !== None
/** No body at all is then an empty one: nothing in it is required. */
export const mayOmitBody = (row: Route): boolean => takesBody(row) && row.body.safeParse({}).success

/** What a body may be: a patch may say that it is one (RFC 7396). */
export const bodyTypes = ({ method }: Pick<Route, 'method'>): readonly string[] =>
  method === 'PATCH' ? ['application/json', 'application/merge-patch+json'] : ['application/json']

/** The expansions that a request asks for, whether or not the row knows them. */
export const expansionsOf = (row: Pick<Route, 'expansions'>, query: Readonly<Record<string, string | undefined>> = {}): Expansion[] =>
  (query.expand ?? '').split(',').flatMap((name) => (Object.hasOwn(row.expansions, name) ? (row.expansions[name] ?? []) : []))

type Row<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Pick<
  Route,
  'operationId' | 'tag' | 'summary' | 'method' | 'path' | 'scope' | 'status' | 'response'
> &
  Partial<
    Pick<
      Route<P, Q, B>,
      | 'platformToo'
      | 'audited'
      | 'params'
      | 'query'
      | 'body'
      | 'idempotent'
      | 'headers'
      | 'errors'
      | 'refusals'
      | 'expansions'
      | 'conditional'
      | 'waits'
      | 'also'
    >
  >

/** Fills in a row: what it does not name, it does not take. */
export function route<P extends z.ZodType = None, Q extends z.ZodType = None, B extends z.ZodType = None>(row: Row<P, Q, B>): Route<P, Q, B>
export function route(row: Row<z.ZodType, z.ZodType, z.ZodType>): Route {
  return {
    platformToo: false,
    audited: false,
    params: None,
    query: None,
    body: None,
    idempotent: false,
    headers: [],
    errors: [],
    refusals: {},
    expansions: {},
    conditional: false,
    waits: false,
    also: [],
    ...row,
  }
}
