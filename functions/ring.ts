import type * as z from 'zod'
import type { WireDeps } from '../shared/engines/engine.ts'
import { packViews } from '../shared/engines/packed-views.ts'
import { type ActAnswer, type ProbeAnswer, RingRequest } from '../shared/engines/ring-request.ts'
import { wires } from '../shared/engines/wire.ts'
import { systemClock } from '../shared/platform/clock.ts'

export type Deps = WireDeps

/** The only function that talks to nodes. What it is given carries credentials: it logs nothing of it and keeps nothing. */
export function createHandler(
  overrides: Partial<Deps> = {},
): (event: unknown) => Promise<z.input<typeof ProbeAnswer> | z.input<typeof ActAnswer>> {
  const wire = wires({ ...systemClock, ...overrides })
  return async (event) => {
    const { engine, targets, credentials, ...request } = RingRequest.parse(event)
    if (request.action === 'probe') {
      const views = await Promise.all(targets.map((target) => wire[engine].probe(target, credentials, request.timeout_ms)))
      return { views: packViews(views) }
    }
    const { step, ordinals, ever_ready: everReady, may_lose: mayLose, not_after: notAfter } = request
    const result = await wire[engine].act[step]({ targets, credentials, ordinals, everReady, mayLose, notAfter })
    return { ...result, views: packViews(result.views) }
  }
}

export const handler = createHandler()
