import middy, { type MiddlewareObj } from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { AppError, ERRORS } from '../../shared/contract/errors.ts'
import type { Route } from '../../shared/contract/route.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Log } from '../../shared/platform/log.ts'
import type { Caller } from '../../shared/tenants/keys.ts'
import type { Answer } from './answer.ts'
import type { Operation } from './operation.ts'
import { problemAnswer, toAppError } from './problem.ts'
import { respond } from './respond.ts'
import { type Match, router } from './router.ts'

/** What the stack finds out about a request on its way in. */
interface HttpEvent extends APIGatewayProxyEventV2 {
  match?: Match
  caller?: Caller
  startedAt?: number
}
type Middleware = MiddlewareObj<HttpEvent, Answer | APIGatewayProxyStructuredResultV2, Error>

export interface EdgeDeps {
  clock: Clock
  log: Log
  /** Tells from the Authorization header who calls. */
  authenticate(authorization: string | undefined): Promise<Caller>
}

const requestIdOf = (event: HttpEvent): string => event.requestContext.requestId

/** Makes of whatever came out, answer or error, what API Gateway takes; one line of log each. */
function answering({ clock, log }: EdgeDeps): Middleware {
  const finish = (event: HttpEvent, answer: Answer): APIGatewayProxyStructuredResultV2 => {
    const result = respond(answer, event.requestContext.http.method, event.headers, requestIdOf(event))
    log.info('request', {
      request_id: requestIdOf(event),
      operation: event.match?.operation.route.operationId,
      method: event.requestContext.http.method,
      path: event.rawPath,
      status: result.statusCode,
      ms: clock.now() - (event.startedAt ?? clock.now()),
      key: event.caller?.keyId,
      ...(event.caller?.kind === 'tenant' ? { tenant: event.caller.tenant } : {}),
    })
    return result
  }
  return {
    before: ({ event }) => {
      event.startedAt = clock.now()
    },
    after: (request) => {
      if (request.response && 'status' in request.response) request.response = finish(request.event, request.response)
    },
    onError: (request) => {
      const error = toAppError(request.error)
      if (ERRORS[error.code].status >= 500) log.error('request failed', error.cause ?? error, { request_id: requestIdOf(request.event) })
      request.response = finish(request.event, problemAnswer(error, requestIdOf(request.event)))
    },
  }
}

const routing = (operations: readonly Operation[]): Middleware => {
  const match = router(operations)
  return {
    before: ({ event }) => {
      event.match = match(event.requestContext.http.method, event.rawPath)
    },
  }
}

function mayCall(route: Route, caller: Caller): boolean {
  if (caller.kind === 'platform') return route.scope === 'platform'
  return caller.scopes.some((scope) => scope === route.scope || (scope === 'admin' && route.scope !== 'platform'))
}

/** Authentication and scope are the function's own: a gateway's authorizer cannot say why it refused. */
const authenticating = (deps: EdgeDeps): Middleware => ({
  before: async ({ event }) => {
    const route = event.match?.operation.route
    if (!route || route.scope === 'public') return
    const caller = await deps.authenticate(event.headers.authorization)
    event.caller = caller
    if (mayCall(route, caller)) return
    const challenge = `Bearer realm="ringhold", error="insufficient_scope", scope="${route.scope}"`
    const detail = `${route.operationId} needs a key with the scope ${route.scope}`
    throw new AppError('insufficient_scope', detail, { members: { scope: route.scope }, headers: { 'www-authenticate': challenge } })
  },
})

async function run(event: HttpEvent): Promise<Answer> {
  if (!event.match) throw new Error('the request was not routed')
  const { operation, params } = event.match
  return operation.run({ event, params, caller: event.caller })
}

/** The HTTP edge of a function behind API Gateway's HTTP API, payload format 2.0. */
export const httpHandler = (deps: EdgeDeps, operations: readonly Operation[]) =>
  middy<HttpEvent, Answer | APIGatewayProxyStructuredResultV2>(run).use(answering(deps)).use(routing(operations)).use(authenticating(deps))
