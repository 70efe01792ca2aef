import type { Announcer } from './events.ts'
import type { TaskRecord } from './records.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './task-shape.ts'

/** STOPPED tasks are told of "for at least an hour", and their client token lives as long. */
export const STOPPED_KEPT_MS = 3_600_000

type Patch = Partial<Omit<TaskRecord, 'arn' | 'id' | 'version' | 'updatedAt' | 'container'>> & {
  container?: Partial<TaskRecord['container']>
}

/** The tasks, and the one way to change them. */
export interface Tasks {
  get(arn: string): TaskRecord | undefined
  all(): TaskRecord[]
  around(task: TaskRecord): Surroundings
  add(task: TaskRecord): void
  /** A change that the outside is told: remembered, numbered, announced, in that order. */
  change(task: TaskRecord, patch: Patch): TaskRecord
  /** Book-keeping of our own, which no event tells. */
  note(task: TaskRecord, patch: Patch): TaskRecord
  /** Sets the task to end, the first reason wins. */
  end(task: TaskRecord, why: Pick<TaskRecord, 'stopCode' | 'stoppedReason'>): TaskRecord
  forget(task: TaskRecord): void
}

export function taskBook(store: Store, announce: Announcer, now: () => number): Tasks {
  function around(task: TaskRecord): Surroundings {
    const definition = store.definitions.get(task.definitionArn)
    if (!definition) throw new Error(`task ${task.arn} has lost its definition ${task.definitionArn}`)
    return { definition, host: task.hostArn ? store.hosts.get(task.hostArn) : undefined }
  }
  /** The record as it is now: the caller's may be older than what happened while it waited. */
  function current(task: TaskRecord): TaskRecord {
    const found = store.tasks.get(task.arn)
    if (!found) throw new Error(`task ${task.arn} is forgotten`)
    return found
  }
  function patched(task: TaskRecord, { container, ...rest }: Patch): TaskRecord {
    const before = current(task)
    return { ...before, ...rest, container: { ...before.container, ...container } }
  }
  function write(task: TaskRecord): TaskRecord {
    store.tasks.set(task.arn, task)
    return task
  }
  function announced(task: TaskRecord): TaskRecord {
    announce.task(task, around(task))
    return task
  }
  function change(task: TaskRecord, patch: Patch): TaskRecord {
    const next = patched(task, patch)
    return announced(write({ ...next, version: next.version + 1, updatedAt: now() }))
  }
  return {
    get: store.tasks.get,
    all: store.tasks.values,
    around,
    add: (task) => {
      announced(write(task))
    },
    change,
    note: (task, patch) => write(patched(task, patch)),
    end: (task, why) => {
      const before = current(task)
      return before.desiredStatus === 'STOPPED' ? before : change(before, { ...why, desiredStatus: 'STOPPED', stoppingAt: now() })
    },
    forget: (task) => store.tasks.delete(task.arn),
  }
}
