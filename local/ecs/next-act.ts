import type { TaskRecord } from './records.ts'

/** What can be done with a task, each a state transition or the way to one. */
export type Act =
  /** PROVISIONING -> PENDING: its network interface gets an address, where it has one. */
  | 'attach'
  /** PENDING -> ACTIVATING: image, secrets, process. */
  | 'start'
  /** The same where the process was found alive after a restart. */
  | 'activate'
  /** ACTIVATING -> RUNNING. */
  | 'serve'
  /** -> DEACTIVATING, -> STOPPING. */
  | 'deactivate'
  | 'interrupt'
  /** SIGTERM, time, SIGKILL. */
  | 'halt'
  /** -> DEPROVISIONING, -> STOPPED. */
  | 'release'
  | 'finish'

/**
 * The life cycle as a table: where the task is, and what comes next; undefined when it waits for something outside.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
export function nextAct(task: TaskRecord): Act | undefined {
  const ending = task.desiredStatus === 'STOPPED'
  const { started, exited } = task.container
  const alive = started && !exited
  switch (task.lastStatus) {
    case 'PROVISIONING':
      if (ending) return task.hostArn ? 'release' : 'finish'
      return task.hostArn ? 'attach' : undefined
    case 'PENDING':
      if (ending) return alive ? 'deactivate' : 'release'
      return started ? 'activate' : 'start'
    case 'ACTIVATING':
      if (ending) return alive ? 'deactivate' : 'release'
      return 'serve'
    case 'RUNNING':
      if (!ending) return undefined
      return alive ? 'deactivate' : 'release'
    case 'DEACTIVATING':
      return alive ? 'interrupt' : 'release'
    case 'STOPPING':
      return alive ? 'halt' : 'release'
    case 'DEPROVISIONING':
      return 'finish'
    case 'STOPPED':
      return undefined
  }
}
