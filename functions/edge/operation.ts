import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type * as z from 'zod'
import { AppError } from '../../shared/contract/errors.ts'
import { bodyTypes, mayOmitBody, type Route, reads, takesBody } from '../../shared/contract/route.ts'
import type { Act, StoredAnswer } from '../../shared/idempotency/act.ts'
import type { Committed } from '../../shared/idempotency/commit.ts'
import type { TenantId } from '../../shared/platform/table.ts'
import type { Write } from '../../shared/platform/tenant-table.ts'
import { actsIn, type Caller } from '../../shared/tenants/caller.ts'
import type { Answer } from './answer.ts'
import { answerTo, onceOf } from './idempotency.ts'
import { parsePart, readJson } from './input.ts'

/** A request that has been routed and, unless the route is public, authenticated. */
export interface Incoming {
  event: APIGatewayProxyEventV2
  params: Record<string, string>
  caller: Caller | undefined
  /** The audit trail's entry of this request, for the transaction that does it. */
  entry(tenant: TenantId, answer: StoredAnswer): Write
}

/** A row of the route table with what answers it. */
export interface Operation {
  route: Route
  run(incoming: Incoming): Promise<Answer>
}

/** A request as its row describes it. From here on types are trusted. */
export interface Request<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  path: string
  params: z.output<P>
  query: z.output<Q>
  body: z.output<B>
  /** @param name in lower case */
  header(name: string): string | undefined
  /**
   * Changes something: once, if the request has an Idempotency-Key, and with an entry in the audit trail.
   * @param kept what is stored of the answer, when not all of it may be
   */
  change<T>(run: (act: Act<T>) => Promise<Committed<T>>, answer: (result: T) => Answer, kept?: (result: T) => Answer): Promise<Answer>
}

const LONGEST_ECHO = 200

function paramsOf<P extends z.ZodType>(schema: P, params: Record<string, string>): z.output<P> {
  const parsed = schema.safeParse(params)
  if (parsed.success) return parsed.data
  // An id of another form is that of nothing.
  const given = Object.values(params).join(', ')
  const lower = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value.toLowerCase()]))
  const hint = schema.safeParse(lower).success ? ': ids are written in lower case' : ''
  throw new AppError('not_found', `There is no ${given.slice(0, LONGEST_ECHO)}${hint}`)
}

/** A body where none is taken would be a wish that nobody hears; that of a read means nothing (RFC 9110, 9.3.1). */
function bodyOf(route: Route, event: APIGatewayProxyEventV2): unknown {
  const optional = !takesBody(route) || mayOmitBody(route)
  return (optional && !event.body) || reads(route) ? {} : readJson(event, bodyTypes(route))
}

/** To change something in spite of a condition would be worse than to refuse it. */
function notConditional({ operationId }: Route): AppError {
  const detail = `${operationId} takes no If-Match: leave it out`
  return new AppError('invalid_header', detail, { errors: [{ in: 'header', pointer: '/if-match', code: 'invalid_header', detail }] })
}

function parse<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Route<P, Q, B>,
  { event, params, caller, entry }: Incoming,
): Request<P, Q, B> {
  if (event.headers['if-match'] !== undefined && !reads(route) && !route.conditional) throw notConditional(route)
  const body = bodyOf(route, event)
  const path = event.rawPath
  const query = event.queryStringParameters ?? {}
  const [key, scope] = [event.headers['idempotency-key'], caller?.kind ?? 'public']
  return {
    path,
    params: paramsOf(route.params, params),
    query: parsePart(route.query, 'query', query),
    body: parsePart(route.body, 'body', body, route.refusals),
    header: (name) => event.headers[name],
    change: async (run, answer, kept = answer) => {
      const once = onceOf({ key, scope, method: route.method, path, query, body })
      return answerTo(await run({ ...(once ? { once } : {}), answer: kept, entry }), answer)
    },
  }
}

/** Answers anybody. */
export const operation = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Route<P, Q, B>,
  run: (request: Request<P, Q, B>) => Promise<Answer>,
): Operation => ({ route, run: async (incoming) => run(parse(route, incoming)) })

/** Answers a tenant; the platform, where the row lets it in, in the partition of its own. */
export const tenantOperation = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Route<P, Q, B>,
  run: (request: Request<P, Q, B> & { tenant: TenantId; caller: Caller }) => Promise<Answer>,
): Operation => ({
  route,
  run: async (incoming) => {
    const { caller } = incoming
    if (!caller) throw new Error(`${route.operationId} was reached without a caller`)
    return run({ ...parse(route, incoming), tenant: actsIn(caller), caller })
  },
})
