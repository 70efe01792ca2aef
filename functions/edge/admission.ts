import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { AppError } from '../../shared/contract/errors.ts'
import { expansionsOf, type Route, reads, type Scope } from '../../shared/contract/route.ts'
import type { TenantId } from '../../shared/platform/table.ts'
import { actsIn, type Caller } from '../../shared/tenants/caller.ts'
import type { RateState } from '../../shared/tenants/rate-limit.ts'

export interface AdmissionDeps {
  /** Tells from the Authorization header who calls. */
  authenticate(authorization: string | undefined): Promise<Caller>
  /** Takes one of the requests that the tenant may make now. */
  takeToken(tenant: TenantId): Promise<RateState>
  /** Whether that will be refused, as far as is known. */
  exhausted(tenant: TenantId): boolean
  /** Rejects when the tenant may change nothing. */
  assertActive(tenant: TenantId): Promise<void>
}

function allowed(route: Route, scope: Scope, caller: Caller): boolean {
  if (caller.kind === 'platform') return scope === 'platform' || route.platformToo
  return caller.scopes.some((held) => held === scope || (held === 'admin' && scope !== 'platform'))
}

/** What is asked for with the answer may need more than the route does. */
function assertAllowed(route: Route, { queryStringParameters }: APIGatewayProxyEventV2, caller: Caller): void {
  const needed = [route.scope, ...expansionsOf(route, queryStringParameters).flatMap(({ scope }) => scope ?? [])]
  const lacking = needed.find((scope) => !allowed(route, scope, caller))
  if (lacking === undefined) return
  const challenge = `Bearer realm="ringhold", error="insufficient_scope", scope="${lacking}"`
  const detail = `${route.operationId} needs a key with the scope ${lacking}${lacking === route.scope ? '' : ' for what it is to expand'}`
  throw new AppError('insufficient_scope', detail, { members: { scope: lacking }, headers: { 'www-authenticate': challenge } })
}

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
export function rateHeaders({ limit, remaining, resetSeconds, retryAfterSeconds }: RateState): Record<string, string> {
  return {
    'ratelimit-policy': `"tenant";q=${limit.burst};w=${Math.ceil(limit.burst / limit.per_second)}`,
    ratelimit: `"tenant";r=${remaining};t=${Math.max(resetSeconds, retryAfterSeconds ?? 0)}`,
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  }
}

function assertWithin(rate: RateState): void {
  if (rate.retryAfterSeconds === undefined) return
  const detail = `The tenant may make ${rate.limit.per_second} requests a second, ${rate.limit.burst} at once: wait ${rate.retryAfterSeconds} s`
  throw new AppError('rate_limited', detail)
}

/** What is found out about a request on the way: for its log line, its headers and its entry in the audit trail. */
export interface Admission {
  caller?: Caller
  rate?: RateState
}

/**
 * Lets a request in, or says why not: who calls, whether they may, whether they call too often, whether their tenant may
 * change anything. Authentication and scope are the function's own: a gateway's authorizer cannot say why it refused.
 * @param likely who called with the same Authorization before: what depends on it is asked for side by side with the look at
 *   the key, and asked again should it be somebody else
 */
export async function admit(
  deps: AdmissionDeps,
  route: Route,
  event: APIGatewayProxyEventV2,
  found: Admission,
  likely?: Caller,
): Promise<Caller> {
  const needs = (caller: Caller) => {
    const changes = caller.kind === 'tenant' && !reads(route)
    return Promise.allSettled([deps.takeToken(actsIn(caller)), changes ? deps.assertActive(caller.tenant) : undefined])
  }
  const early = likely ? needs(likely) : undefined
  // Waited for even when the key is refused: nothing goes on behind an answer.
  const [who, before] = await Promise.allSettled([deps.authenticate(event.headers.authorization), early])
  if (who.status === 'rejected') throw who.reason
  const caller = who.value
  found.caller = caller
  const known = before.status === 'fulfilled' && likely && actsIn(likely) === actsIn(caller) ? before.value : undefined
  const [rate, active] = known ?? (await needs(caller))
  if (rate.status === 'rejected') throw rate.reason
  found.rate = rate.value
  assertWithin(rate.value)
  // Only then: a refusal is an entry in the audit trail.
  assertAllowed(route, event, caller)
  if (active.status === 'rejected') throw active.reason
  return caller
}
