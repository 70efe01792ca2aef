import middy, { type MiddlewareObj } from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Deed } from '../../shared/audit/service.ts'
import { type AppError, ERRORS } from '../../shared/contract/errors.ts'
import { expansionsOf, type Route, reads } from '../../shared/contract/route.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Log } from '../../shared/platform/log.ts'
import { measured } from '../../shared/platform/metrics.ts'
import type { TenantId } from '../../shared/platform/table.ts'
import type { Write } from '../../shared/platform/tenant-table.ts'
import { actsIn, type Caller } from '../../shared/tenants/caller.ts'
import { type Admission, type AdmissionDeps, admit, rateHeaders } from './admission.ts'
import type { Answer } from './answer.ts'
import { likelyCallers, sameCaller } from './likely-callers.ts'
import { maskedPath, maskedText } from './masked.ts'
import { requestMeasures } from './measures.ts'
import type { Operation } from './operation.ts'
import { problemAnswer, toAppError } from './problem.ts'
import { respond } from './respond.ts'
import { type Match, router } from './router.ts'

/** What the stack finds out about a request on its way in. */
interface HttpEvent extends APIGatewayProxyEventV2, Admission {
  match?: Match
  startedAt?: number
}
type Middleware = MiddlewareObj<HttpEvent, Answer | APIGatewayProxyStructuredResultV2, Error>

export interface EdgeDeps extends AdmissionDeps {
  clock: Clock
  log: Log
  audit: {
    /** The entry of a deed, for the transaction that does it. */
    entry(tenant: TenantId, deed: Deed): Write
    /** The same for one that has no transaction. */
    note(tenant: TenantId, deed: Deed): Promise<void>
  }
}

const NOTED = new Set([403, 404, 409, 412, 422, 500])

const requestIdOf = (event: HttpEvent): string => event.requestContext.requestId

function deedOf(event: HttpEvent, caller: Caller, operationId: string, outcome: { status: number; code?: string }): Deed {
  const { sourceIp, userAgent } = event.requestContext.http
  return {
    actor: caller.actor,
    action: operationId,
    path: maskedPath(event.rawPath),
    sourceIp,
    ...(userAgent ? { userAgent: maskedText(userAgent) } : {}),
    requestId: requestIdOf(event),
    ...outcome,
  }
}

/** By itself, or for what it is asked to put into its answer. */
const isAudited = (route: Route, { queryStringParameters }: HttpEvent): boolean =>
  route.audited || expansionsOf(route, queryStringParameters).some(({ audited }) => audited === true)

/** Who is refused learns it at once, and keeps nobody waiting. */
const mayBeHeld = (route: Route, { headers }: HttpEvent): boolean => route.waits && headers.prefer !== undefined

/** Makes of whatever came out, answer or error, what API Gateway takes; one line of log each. */
function answering({ clock, log, audit }: EdgeDeps): Middleware {
  const finish = (event: HttpEvent, answer: Answer, refused?: AppError): APIGatewayProxyStructuredResultV2 => {
    const { caller, rate, match } = event
    const now = clock.now()
    const ms = now - (event.startedAt ?? now)
    const held = match !== undefined && mayBeHeld(match.operation.route, event)
    const headers = { ...answer.headers, ...(rate ? rateHeaders(rate) : {}) }
    const result = respond({ ...answer, headers }, event.requestContext.http.method, event.headers, requestIdOf(event))
    log.info('request', {
      request_id: requestIdOf(event),
      operation: match?.operation.route.operationId,
      method: event.requestContext.http.method,
      path: maskedPath(event.rawPath),
      status: result.statusCode,
      ms,
      ...(caller ? { [caller.actor.type]: caller.actor.id } : {}),
      ...(caller?.kind === 'tenant' ? { tenant: caller.tenant } : {}),
      ...(refused ? { code: refused.code } : {}),
      ...measured(now, requestMeasures({ ms, held, code: refused?.code })),
    })
    return result
  }
  /** What was refused for what it asks is a deed too; one that is badly written, or one too many, is not worth a write. */
  const noteRefusal = async (event: HttpEvent, { code }: AppError): Promise<void> => {
    const { caller, match } = event
    const { status } = ERRORS[code]
    if (!caller || !match || !NOTED.has(status)) return
    const { route } = match.operation
    if (reads(route) && !isAudited(route, event)) return
    await audit
      .note(actsIn(caller), deedOf(event, caller, route.operationId, { status, code }))
      .catch((error: unknown) => log.error('a refusal is not in the audit trail', error, { request_id: requestIdOf(event) }))
  }
  return {
    before: ({ event }) => {
      event.startedAt = clock.now()
    },
    after: (request) => {
      if (request.response && 'status' in request.response) request.response = finish(request.event, request.response)
    },
    onError: async (request) => {
      const error = toAppError(request.error)
      if (ERRORS[error.code].status >= 500) log.error('request failed', error.cause ?? error, { request_id: requestIdOf(request.event) })
      await noteRefusal(request.event, error)
      request.response = finish(request.event, problemAnswer(error, requestIdOf(request.event)), error)
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

function runner(deps: EdgeDeps) {
  const likely = likelyCallers()

  async function answerTo(event: HttpEvent, { operation, params }: Match, caller: Caller | undefined): Promise<Answer> {
    const { route } = operation
    const entry = (tenant: TenantId, { status }: { status: number }): Write => {
      if (!caller) throw new Error(`${route.operationId} changes something for nobody`)
      return deps.audit.entry(tenant, deedOf(event, caller, route.operationId, { status }))
    }
    const answer = await operation.run({ event, params, caller, entry })
    const hasEntry = !reads(route) && answer.headers['idempotent-replayed'] === undefined
    if (isAudited(route, event) && caller && !hasEntry)
      await deps.audit.note(actsIn(caller), deedOf(event, caller, route.operationId, { status: answer.status }))
    return answer
  }

  /** A read begins while the key is looked up, for whoever sent it the last time; its answer waits for the look-up. */
  return async (event: HttpEvent): Promise<Answer> => {
    if (!event.match) throw new Error('the request was not routed')
    const { match } = event
    const { route } = match.operation
    if (route.scope === 'public') return answerTo(event, match, undefined)
    const { authorization } = event.headers
    const guess = likely.get(authorization)
    const mayBegin = reads(route) && !isAudited(route, event) && !mayBeHeld(route, event)
    const begins = guess && mayBegin && !deps.exhausted(actsIn(guess))
    const early = begins ? answerTo(event, match, guess) : undefined
    const [admitted, answered] = await Promise.allSettled([admit(deps, route, event, event, guess), early])
    likely.set(authorization, event.caller)
    if (admitted.status === 'rejected') throw admitted.reason
    if (!early || !guess || !sameCaller(guess, admitted.value)) return answerTo(event, match, admitted.value)
    if (answered.status === 'rejected') throw answered.reason
    return answered.value ?? answerTo(event, match, admitted.value)
  }
}

/** The HTTP edge of a function behind API Gateway's HTTP API, payload format 2.0. */
export const httpHandler = (deps: EdgeDeps, operations: readonly Operation[]) =>
  middy<HttpEvent, Answer | APIGatewayProxyStructuredResultV2>(runner(deps)).use(answering(deps)).use(routing(operations))
