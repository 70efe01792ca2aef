import { ringOf } from '../../clusters/ring-of.ts'
import { sideBySide } from '../../platform/side-by-side.ts'
import { probe, seeNodes, targetOf } from '../observe.ts'
import type { ObservedNode } from '../observed.ts'
import { assertCurrent, type StepContext, type StepRun } from './context.ts'
import { waitForNews } from './wait-until.ts'

/** What ECS is told, and tells of the task from then on: it did not die of a fault. */
export const MOVED = 'its host is drained'

const running = (nodes: ObservedNode[]): string[] =>
  nodes.flatMap(({ task }) => (typeof task === 'object' && task.phase !== 'stopped' ? task.arn : []))

/** Whether the ring is whole, and would be served on without these. */
async function mayGo({ deps, cluster, ordinals }: StepContext, nodes: ObservedNode[]): Promise<boolean> {
  const ring = ringOf(cluster.spec)
  const targets = nodes.flatMap((node) => targetOf(node) ?? [])
  const parameter = cluster.resources.credentials_parameter
  if (parameter === undefined || targets.length < ring.members.length) return false
  const views = await probe(deps, cluster, parameter, targets)
  const { stop } = ring.leave(views, ordinals)
  return ring.next(views, true).formed && ordinals.every((ordinal) => stop.includes(ordinal))
}

/**
 * Stops the tasks of these members and waits until they are STOPPED; their successors are launched elsewhere, as those of the dead are.
 * Asks the ring again right before: since it was looked at, another copy may have died.
 */
export const moveNodes: StepRun = async (context) => {
  const { deps, table, cluster, ordinals } = context
  const { nodes } = await seeNodes(deps, table, cluster, false)
  if (!(await mayGo(context, nodes))) return 'waiting for the ring to be whole'
  await assertCurrent(context)
  const leaving = running(nodes.filter(({ member }) => ordinals.includes(member.ordinal)))
  await sideBySide(leaving, (arn) => deps.containers.stop(arn, MOVED))
  const gone = await waitForNews(context, async () => {
    const tasks = await deps.containers.describe(leaving)
    return tasks.filter(({ phase }) => phase !== 'stopped').length
  })
  return gone ? `${leaving.length} nodes` : 'tasks are still stopping'
}
