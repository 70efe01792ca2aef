import { rm } from 'node:fs/promises'
import { launchOf } from './acts.ts'
import type { Parts } from './parts.ts'
import type { TaskRecord } from './records.ts'

const hasProcess = (task: TaskRecord): boolean => task.container.launch > 0 && !task.container.exited && task.lastStatus !== 'STOPPED'

/** Enough for a database to write what it has in memory. */
const GRACE_MS = 10_000

/**
 * Stops the processes but not the tasks: they are remembered as they were, and `resume` starts the same tasks again, at
 * the same addresses with the same directories.
 */
export async function putToSleep({ tasks, driver, acts }: Parts): Promise<void> {
  const running = tasks.all().filter(hasProcess)
  for (const task of running) if (task.desiredStatus === 'RUNNING') tasks.note(task, { paused: true })
  await Promise.all(running.map((task) => driver.stop(launchOf(acts, task), GRACE_MS)))
}

/** Ends everything and leaves nothing, neither process nor file. */
export async function endAll({ tasks, driver, acts }: Parts, dataDir: string): Promise<void> {
  await Promise.all(
    tasks
      .all()
      .filter(hasProcess)
      .map((task) => driver.stop(launchOf(acts, task), 0)),
  )
  await rm(dataDir, { recursive: true, force: true })
}
