import type { NodeRecord } from '../clusters/node-record.ts'
import type { Task } from '../platform/containers.ts'

/** ECS is eventually consistent: it may not know a new task for minutes (API reference of RunTask). */
export const FORGOTTEN_MS = 300_000

/**
 * What became of the task of a record. `none`: nobody wrote down that one was started. STOPPED is the only proof of death,
 * and a task that ECS has not known for long is as dead; one that it does not know yet is `unseen`.
 */
export type Fate = 'none' | 'unseen' | 'alive' | 'dead'

export function fateOf(record: Pick<NodeRecord, 'task_arn' | 'updated_at'>, task: Task | undefined, now: number): Fate {
  if (record.task_arn === undefined) return 'none'
  if (task === undefined) return now - Date.parse(record.updated_at) > FORGOTTEN_MS ? 'dead' : 'unseen'
  return task.phase === 'stopped' ? 'dead' : 'alive'
}
