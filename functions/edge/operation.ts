import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type * as z from 'zod'
import { AppError } from '../../shared/contract/errors.ts'
import { type Route, takesBody } from '../../shared/contract/route.ts'
import type { Committed } from '../../shared/idempotency/commit.ts'
import type { Once } from '../../shared/idempotency/once.ts'
import type { TenantId } from '../../shared/platform/table.ts'
import type { Caller } from '../../shared/tenants/keys.ts'
import type { Answer } from './answer.ts'
import { answerTo, onceOf } from './idempotency.ts'
import { parsePart, readJson } from './input.ts'

/** A request that has been routed and, unless the route is public, authenticated. */
export interface Incoming {
  event: APIGatewayProxyEventV2
  params: Record<string, string>
  caller: Caller | undefined
}

/** A row of the route table with what answers it. */
export interface Operation {
  route: Route
  run(incoming: Incoming): Promise<Answer>
}

/** A request as its row describes it. From here on types are trusted. */
interface Request<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  path: string
  params: z.output<P>
  query: z.output<Q>
  body: z.output<B>
  /** Does it once, if the request has an Idempotency-Key. `kept` is what is stored of the answer, when not all of it may be. */
  once<T>(
    act: (once: Once<T> | undefined) => Promise<Committed<T>>,
    answer: (result: T) => Answer,
    kept?: (result: T) => Answer,
  ): Promise<Answer>
}

function paramsOf<P extends z.ZodType>(schema: P, params: Record<string, string>): z.output<P> {
  const parsed = schema.safeParse(params)
  // An id of another form is that of nothing.
  if (!parsed.success) throw new AppError('not_found', `There is no ${Object.values(params).join(', ')}`)
  return parsed.data
}

function parse<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Route<P, Q, B>,
  { event, params }: Incoming,
): Request<P, Q, B> {
  const body = takesBody(route) ? readJson(event) : {}
  const path = event.rawPath
  const key = event.headers['idempotency-key']
  return {
    path,
    params: paramsOf(route.params, params),
    query: parsePart(route.query, 'query', event.queryStringParameters ?? {}),
    body: parsePart(route.body, 'body', body, route.refusals),
    once: async (act, answer, kept = answer) => answerTo(await act(onceOf({ key, method: route.method, path, body }, kept)), answer),
  }
}

/** Answers anybody, or the platform: the router has seen to who may call. */
export const operation = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Route<P, Q, B>,
  run: (request: Request<P, Q, B>) => Promise<Answer>,
): Operation => ({ route, run: async (incoming) => run(parse(route, incoming)) })

/** Answers a tenant. */
export const tenantOperation = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Route<P, Q, B>,
  run: (request: Request<P, Q, B> & { tenant: TenantId }) => Promise<Answer>,
): Operation => ({
  route,
  run: async (incoming) => {
    if (incoming.caller?.kind !== 'tenant') throw new Error(`${route.operationId} was reached without a tenant`)
    return run({ ...parse(route, incoming), tenant: incoming.caller.tenant })
  },
})
