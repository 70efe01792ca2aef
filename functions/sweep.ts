import { wakeLeaving } from '../shared/clusters/leaving.ts'
import { sweepClusters } from '../shared/clusters/sweep.ts'
import type { DueItem } from '../shared/platform/due.ts'
import { type Measured, measured } from '../shared/platform/metrics.ts'
import { sweepTenants } from '../shared/tenants/sweep.ts'
import { sweepDeliveries } from '../shared/webhooks/sweep.ts'
import { type SweepDeps, sweepDeps } from './sweep/deps.ts'
import { forgetGone } from './sweep/gone-hosts.ts'

/** By how many seconds the one that is longest due is late. */
const latestOf = (items: DueItem[], now: number): number => Math.max(0, ...items.map(({ due_at: at }) => (now - Date.parse(at)) / 1000))

/** Rings that cannot be woken are told, and woken in a minute; they keep nothing else from being done about hosts. */
async function leaving(deps: SweepDeps, draining: string[], now: number): Promise<object> {
  if (draining.length === 0) return {}
  const rings = await wakeLeaving(deps, draining, now).catch((error: unknown) => {
    deps.log.error('rings could not be told to leave hosts that drain', error)
    return undefined
  })
  return { draining_hosts: draining, ...(rings === undefined ? {} : { leaving_rings: rings }) }
}

/** It is no part of the sweep, which goes on without it. */
async function hostsOf(deps: SweepDeps, now: number): Promise<{ told: object; measured: Measured }> {
  try {
    const { silent, draining } = await deps.hostNews()
    const [drained] = await Promise.all([leaving(deps, draining, now), forgetGone(deps, silent, now)])
    const quiet = silent.length > 0 ? { silent_hosts: silent.map(({ instance }) => instance) } : {}
    return { told: { ...quiet, ...drained }, measured: { HostsSilent: silent.length } }
  } catch (error) {
    deps.log.error('hosts could not be asked for', error)
    return { told: {}, measured: {} }
  }
}

export function createHandler(overrides: Partial<SweepDeps> = {}) {
  const deps = sweepDeps(overrides)
  return async () => {
    const now = deps.clock.now()
    const due: DueItem[] = []
    const hosts = hostsOf(deps, now)
    const noting = { ...deps, noteDue: (items: DueItem[]) => void due.push(...items) }
    // Each part has its turn whatever happens to the others.
    const parts = await Promise.allSettled([sweepClusters(noting, now), sweepDeliveries(noting, now), sweepTenants(noting, now)])
    for (const part of parts) {
      if (part.status === 'rejected') deps.log.error('a part of the sweep failed and has its turn again in a minute', part.reason)
    }
    const [clusters = 0, deliveries = 0, tenants = 0] = parts.map((part) => {
      if (part.status === 'rejected') throw part.reason
      return part.value
    })
    const swept = { clusters, deliveries, tenants }
    // Every time: that a sweep got through is news, and that none did is an alarm.
    const { measured: ofHosts, told } = await hosts
    const measures = { OverdueSeconds: latestOf(due, now), OverdueItems: due.length, ...ofHosts }
    deps.log.info('swept', { ...swept, ...told, ...measured(now, measures) })
    return swept
  }
}

export const handler = createHandler()
