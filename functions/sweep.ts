import { sweepClusters } from '../shared/clusters/sweep.ts'
import { sweepTenants } from '../shared/tenants/sweep.ts'
import { sweepDeliveries } from '../shared/webhooks/sweep.ts'
import { type SweepDeps, sweepDeps } from './sweep/deps.ts'

export function createHandler(overrides: Partial<SweepDeps> = {}) {
  const deps = sweepDeps(overrides)
  return async () => {
    const now = deps.clock.now()
    // Each part has its turn whatever happens to the others.
    const parts = await Promise.allSettled([sweepClusters(deps, now), sweepDeliveries(deps, now), sweepTenants(deps, now)])
    for (const part of parts) {
      if (part.status === 'rejected') deps.log.error('a part of the sweep failed and has its turn again in a minute', part.reason)
    }
    const [clusters = 0, deliveries = 0, tenants = 0] = parts.map((part) => {
      if (part.status === 'rejected') throw part.reason
      return part.value
    })
    const swept = { clusters, deliveries, tenants }
    if (clusters || deliveries || tenants) deps.log.info('swept', swept)
    return swept
  }
}

export const handler = createHandler()
