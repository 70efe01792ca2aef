import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { throttling } from '../aws/rate-limits.ts'
import { AwsError, type AwsRequest, type AwsResponse } from '../aws/service.ts'
import { tokenBucket } from '../aws/token-bucket.ts'
import type { RoleCall } from '../cloud-options.ts'
import { faultAnswer } from '../dynamodb/faults.ts'
import type { ActiveFault, Registry } from './registry.ts'
import { Selection, selector } from './selection.ts'

/** What is done to calls of AWS that functions make. */
export const CallFault = z
  .strictObject({
    service: z.string().describe('as it signs: ecs, dynamodb, ...'),
    operation: z.string().default('*').describe('RunTask, ...; * is all of the service'),
    by: z.string().optional().describe('only what this function calls'),
    ...Selection,
    error: z.string().min(1).optional().describe("the exception's name: ServerException, ..."),
    status: z.int().min(400).max(599).default(400).describe('the HTTP status; the SDK tries again from 500 on'),
    message: z.string().default('injected by the local cloud'),
    effect: z.enum(['before', 'after']).default('before').describe('after: it was done, and the answer says that it failed'),
    delay_ms: z.int().min(1).max(600_000).optional().describe('answered so much later'),
    rate_per_second: z.number().gt(0).max(10_000).optional().describe('what is more is throttled, in the words of the service'),
    burst: z.int().min(1).max(10_000).default(1).describe('so many at once, of a rate'),
  })
  .refine(({ error, delay_ms, rate_per_second }) => error !== undefined || delay_ms !== undefined || rate_per_second !== undefined, {
    error: 'does nothing: it needs error, delay_ms or rate_per_second',
  })
  .refine(({ error, rate_per_second }) => error === undefined || rate_per_second === undefined, {
    error: 'takes one of error and rate_per_second',
  })
export type CallFault = z.infer<typeof CallFault>

/** A call as faults see it: with the function that it comes from. */
export interface SeenCall extends RoleCall {
  by: string
}

interface Active {
  fault: CallFault
  entry: ActiveFault
  chosen(): boolean
  /** Of a rate: whether there is room. */
  admits(): boolean
}

export interface CallFaults {
  add(fault: CallFault): ActiveFault
  /** Serves the call, or not, as the faults that match it say. */
  around(call: SeenCall, request: AwsRequest, serve: () => Promise<AwsResponse>): Promise<AwsResponse>
}

const matches = ({ service, operation, by }: CallFault, call: SeenCall): boolean =>
  service === call.service && (operation === '*' || operation === call.operation) && (by === undefined || by === call.by)

/** The table says why a transaction was canceled; of everything else the endpoint writes errors in the service's own form. */
function refuse(error: AwsError, call: SeenCall, request: AwsRequest): AwsResponse {
  if (call.service === 'dynamodb') return faultAnswer(error, call.operation, request.body)
  throw error
}

export function callFaults(registry: Registry, now: () => number): CallFaults {
  const active = new Set<Active>()

  async function disturb({ fault, entry, admits }: Active, ...args: Parameters<CallFaults['around']>): Promise<AwsResponse> {
    const [call, request, serve] = args
    if (fault.rate_per_second !== undefined && admits()) return serve()
    registry.hit(entry)
    if (fault.delay_ms !== undefined) await sleep(fault.delay_ms)
    if (fault.rate_per_second !== undefined) return refuse(throttling(call.service), call, request)
    if (fault.error === undefined) return serve()
    if (fault.effect === 'after') {
      const answer = await serve()
      // What AWS itself refused was not done: that is what its caller is told.
      if (answer.status >= 400) return answer
    }
    return refuse(new AwsError(fault.error, fault.message, fault.status), call, request)
  }

  return {
    add: (fault) => {
      const entry = registry.add('calls', fault, () => active.delete(added))
      const admits = tokenBucket({ burst: fault.burst, perSecond: fault.rate_per_second ?? 0 }, now)
      const added: Active = { fault, entry, chosen: selector(fault), admits }
      active.add(added)
      return entry
    },
    around: (call, request, serve) => {
      const hit = [...active].filter(({ fault, chosen }) => matches(fault, call) && chosen())
      return hit.reduceRight<() => Promise<AwsResponse>>((inner, each) => () => disturb(each, call, request, inner), serve)()
    },
  }
}
