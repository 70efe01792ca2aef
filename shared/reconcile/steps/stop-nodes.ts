import { startedBy } from '../../clusters/naming.ts'
import type { NodeRecord } from '../../clusters/node-record.ts'
import { readNodes } from '../../clusters/nodes.ts'
import type { Task } from '../../platform/containers.ts'
import { batchesOf } from '../../platform/pages.ts'
import { sideBySide } from '../../platform/side-by-side.ts'
import { sk } from '../../platform/table.ts'
import { fateOf } from '../fate.ts'
import { assertCurrent, type StepContext, type StepRun } from './context.ts'
import { waitForNews } from './wait-until.ts'

/** A crash may have kept a started task from its record: what is not in ECS' list by then was not started. */
const UNLISTED_MS = 60_000
/** A transaction takes a hundred writes. */
const FORGET_AT_ONCE = 100

interface Left {
  /** Tasks of these members, and of nobody, that are not STOPPED. */
  alive: Task[]
  /** Members of whom it is not known whether a task of theirs runs. */
  unsure: number[]
}

/** @param seen grows: what is meant to stop is not listed any more, and still to be waited for */
async function look(context: StepContext, ordinals: Set<number>, seen: Set<string>): Promise<Left> {
  const { deps, cluster, table } = context
  for (const arn of await deps.containers.listStartedBy(startedBy(cluster.tenant_id, cluster.id))) seen.add(arn)
  const records = await readNodes(table, cluster.id)
  const kept = new Set(records.flatMap(({ ordinal, task_arn }) => (ordinals.has(ordinal) ? [] : (task_arn ?? []))))
  const arns = new Set([...seen, ...records.flatMap(({ task_arn }) => task_arn ?? [])])
  const tasks = await deps.containers.describe([...arns].filter((arn) => !kept.has(arn)))
  const byArn = new Map(tasks.map((task) => [task.arn, task]))
  const now = deps.clock.now()
  const isUnsure = (record: NodeRecord): boolean => {
    const fate = fateOf(record, byArn.get(record.task_arn ?? ''), now)
    return fate === 'unseen' || (fate === 'none' && now - Date.parse(record.updated_at) < UNLISTED_MS)
  }
  const unsure = records.filter((record) => ordinals.has(record.ordinal) && isUnsure(record))
  return { alive: tasks.filter((task) => task.phase !== 'stopped'), unsure: unsure.map(({ ordinal }) => ordinal) }
}

/** A record goes when nothing of it can run any more: its next life is a new member. */
async function forget({ table, cluster }: StepContext, ordinals: number[]): Promise<void> {
  for (const some of batchesOf(ordinals, FORGET_AT_ONCE)) {
    await table.transact(some.map((ordinal) => ({ kind: 'delete', sk: sk.node(cluster.id, ordinal) })))
  }
}

/** Stops the tasks of these members, and every task that no member claims, waits until they are STOPPED, forgets the members. */
export const stopNodes: StepRun = async (context) => {
  const { deps, cluster, ordinals } = context
  const ours = new Set(ordinals)
  const seen = new Set<string>()
  await assertCurrent(context)
  let left: Left = { alive: [], unsure: [] }
  const stopped = await waitForNews(context, async () => {
    left = await look(context, ours, seen)
    const asked = left.alive.filter((task) => task.phase !== 'stopping')
    await sideBySide(asked, (task) => deps.containers.stop(task.arn, `cluster ${cluster.id}`))
    return left.alive.length + left.unsure.length
  })
  if (!stopped) return left.alive.length > 0 ? `${left.alive.length} tasks are still stopping` : 'a launch may still come to light'
  await forget(context, ordinals)
  return `${ordinals.length} nodes`
}
