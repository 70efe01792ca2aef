import { tellEnded } from '../operations/ended.ts'
import { isoTime } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { measured } from '../platform/metrics.ts'
import type { Reason } from './conditions.ts'
import type { Observed, ObservedNode, Plan } from './observed.ts'
import type { WrittenDown } from './write-down.ts'

/** A task that is placed at once has its host by then: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
const USUAL_MS = 30_000

const isHere = ({ task }: ObservedNode): boolean => typeof task === 'object' && task.host !== undefined && task.phase !== 'stopped'

/**
 * Since the first of those that are on no host was asked for, or since ECS has taken no task. The condition's own `since` begins anew
 * with every try.
 */
function waitedMs({ cluster, nodes }: Observed, now: number): number {
  const asked = nodes.flatMap((node) => (isHere(node) || !node.record ? [] : Date.parse(node.record.updated_at)))
  const refused = Date.parse(cluster.failures.LaunchNodes?.since ?? isoTime(now))
  return now - Math.min(refused, ...asked)
}

const reasonOf = (plan: Plan): string | undefined => (plan.decision === 'give-up' ? undefined : plan.waiting?.reason)

const CAPACITY: Reason = 'WaitingForCapacity'
const LOST: Reason = 'DataLost'

/** Tells operators what a look found that matters to them, once it is written down for the tenant. */
export function tellLook(log: Log, observed: Observed, next: Plan, written: WrittenDown, now: number): void {
  const { cluster, operation } = observed
  const told = { tenant: cluster.tenant_id, cluster: cluster.id }
  if (written.claimed && next.decision === 'give-up') {
    const { code, message: detail } = next.failure
    log.warn('a ring was given up', { ...told, code, detail, ...measured(now, { RingsGivenUp: 1 }) })
  }
  if (written.claimed && reasonOf(next) === LOST && !cluster.conditions.some(({ reason }) => reason === LOST)) {
    const waiting = next.decision === 'give-up' ? undefined : next.waiting?.message
    log.warn('a ring has lost data', { ...told, durability: cluster.spec.durability, waiting, ...measured(now, { DataLost: 1 }) })
  }
  const waited = reasonOf(next) === CAPACITY ? waitedMs(observed, now) : 0
  if (waited > USUAL_MS) log.info('a ring waits for room', { ...told, ...measured(now, { CapacityWaitSeconds: waited / 1000 }) })
  if (operation && written.overdue) {
    tellEnded(log, { ...operation, state: 'failed', finished_at: isoTime(now), error: written.overdue })
  }
}
