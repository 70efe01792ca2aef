import type { NodeRecord } from '../../clusters/node-record.ts'
import { readNodes } from '../../clusters/nodes.ts'
import { isoTime } from '../../platform/clock.ts'
import type { Task } from '../../platform/containers.ts'
import { sideBySide } from '../../platform/side-by-side.ts'
import { sk } from '../../platform/table.ts'
import type { StepContext, StepRun } from './context.ts'
import { waitForNews } from './wait-until.ts'

const runs = (task: Task): boolean => task.phase === 'running' && task.address !== undefined

async function noteWhere(context: StepContext, record: NodeRecord, task: Task): Promise<void> {
  if (!runs(task) || record.address === task.address) return
  await context.table.update(sk.node(record.cluster_id, record.ordinal), {
    update: 'SET address = :address, host = :host, updated_at = :now',
    condition: 'task_arn = :arn',
    values: { ':address': task.address, ':host': task.host ?? 'unknown', ':now': isoTime(context.deps.clock.now()), ':arn': task.arn },
  })
}

/** Waits until the tasks run, or one of them has stopped, and writes down where they are. */
export const awaitNodes: StepRun = async (context) => {
  const { deps, table, cluster, ordinals } = context
  const records = (await readNodes(table, cluster.id)).filter((record) => ordinals.includes(record.ordinal))
  const arns = records.flatMap((record) => record.task_arn ?? [])
  let tasks: Task[] = []
  await waitForNews(context, async () => {
    tasks = await deps.containers.describe(arns)
    return tasks.some((task) => task.phase === 'stopped') ? 0 : arns.length - tasks.filter(runs).length
  })
  const byArn = new Map(tasks.map((task) => [task.arn, task]))
  await sideBySide(records, async (record) => {
    const task = record.task_arn ? byArn.get(record.task_arn) : undefined
    if (task) await noteWhere(context, record, task)
  })
  return `${tasks.filter(runs).length} of ${ordinals.length} run`
}
