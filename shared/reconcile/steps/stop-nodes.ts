import { startedBy } from '../../clusters/naming.ts'
import type { NodeRecord } from '../../clusters/node-record.ts'
import { sk } from '../../platform/table.ts'
import { readNodes } from '../observe.ts'
import { assertCurrent, type StepContext, type StepRun } from './context.ts'
import { waitUntil } from './wait-until.ts'

/** The tasks of these members and the strays, that are not stopped yet. */
async function alive(context: StepContext, kept: Set<string>): Promise<{ arn: string; stopping: boolean }[]> {
  const { deps, cluster, table } = context
  const listed = await deps.containers.listStartedBy(startedBy(cluster.tenant_id, cluster.id))
  const recorded = (await readNodes(table, cluster.id)).flatMap((record) => record.task_arn ?? [])
  const arns = [...new Set([...listed, ...recorded])].filter((arn) => !kept.has(arn))
  const tasks = arns.length > 0 ? await deps.containers.describe(arns) : []
  return tasks.filter((task) => task.phase !== 'stopped').map((task) => ({ arn: task.arn, stopping: task.phase === 'stopping' }))
}

/** A record goes when nothing of it can run any more: its next life is a new member. */
async function forget(context: StepContext, records: NodeRecord[]): Promise<void> {
  await Promise.all(records.map((record) => context.table.transact([{ kind: 'delete', sk: sk.node(record.cluster_id, record.ordinal) }])))
}

/** Stops the tasks of these members, and every task that no member claims, waits until they are STOPPED, forgets the members. */
export const stopNodes: StepRun = async (context) => {
  const { deps, table, cluster, ordinals } = context
  const records = await readNodes(table, cluster.id)
  const kept = new Set(records.filter((record) => !ordinals.includes(record.ordinal)).flatMap((record) => record.task_arn ?? []))
  await assertCurrent(context)
  const stopped = await waitUntil(context, async () => {
    const left = await alive(context, kept)
    await Promise.all(left.filter((task) => !task.stopping).map((task) => deps.containers.stop(task.arn, `cluster ${cluster.id}`)))
    return left.length === 0
  })
  if (!stopped) return 'some tasks are still stopping'
  await forget(
    context,
    records.filter((record) => ordinals.includes(record.ordinal)),
  )
  return `${ordinals.length} nodes`
}
