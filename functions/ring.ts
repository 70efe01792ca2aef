import type { WireDeps } from '../shared/engines/engine.ts'
import { type ActAnswer, type ProbeAnswer, RingRequest } from '../shared/engines/ring-request.ts'
import { wires } from '../shared/engines/wire.ts'
import { systemClock } from '../shared/platform/clock.ts'

export type Deps = WireDeps

/** The only function that talks to nodes. What it is given carries credentials: it logs nothing of it and keeps nothing. */
export function createHandler(overrides: Partial<Deps> = {}): (event: unknown) => Promise<ProbeAnswer | ActAnswer> {
  const wire = wires({ ...systemClock, ...overrides })
  return async (event) => {
    const { engine, targets, credentials, ...request } = RingRequest.parse(event)
    if (request.action === 'probe') {
      return { views: await Promise.all(targets.map((target) => wire[engine].probe(target, credentials, request.timeout_ms))) }
    }
    const { step, ordinals, ever_ready: everReady, not_after: notAfter } = request
    return wire[engine].act[step]({ targets, credentials, ordinals, everReady, notAfter })
  }
}

export const handler = createHandler()
