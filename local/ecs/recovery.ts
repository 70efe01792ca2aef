import { type ActsDeps, launch, launchOf } from './acts.ts'
import type { LifeCycle } from './life-cycle.ts'
import type { HostRecord, TaskRecord } from './records.ts'

export interface Recovery {
  /** Finds out what became of a task's container while nobody looked, and goes on from there. */
  recover(task: TaskRecord): Promise<void>
  /** Ends the task for its host's death; to be said of all its tasks before the host is forgotten. */
  condemn(task: TaskRecord, host: HostRecord): void
  /** Ends the task since its host is to go off the books; to be recovered when it has. */
  disown(task: TaskRecord): TaskRecord
  /** Its host is gone: so is its container, at once. What ECS does not hear of is not told. */
  crush(task: TaskRecord): void
}

export function recovery(acts: ActsDeps, life: LifeCycle): Recovery {
  const { tasks, driver } = acts

  /** A task that a clean stop had put to sleep, or whose start was cut short: the same task, directories and address, a new process. */
  async function wake(task: TaskRecord): Promise<void> {
    // One that was not told to run yet starts in the ordinary way.
    if (task.container.started) {
      try {
        await launch(acts, task)
      } catch (error) {
        const stoppedReason = Error.isError(error) ? error.message : String(error)
        tasks.end(task, { stopCode: 'TaskFailedToStart', stoppedReason })
        tasks.change(task, { container: { exited: true, reason: stoppedReason } })
      }
    }
    tasks.note(task, { paused: false })
  }
  function crush(task: TaskRecord): void {
    driver.kill(launchOf(acts, task), 'SIGKILL')
    life.poke(task.arn)
  }
  /** ECS does not know that its host is gone, and takes it for what it was: only what of it may be left here is ended. */
  async function bury(task: TaskRecord): Promise<void> {
    if (task.container.launch > 0) await driver.recover(launchOf(acts, task))
    driver.kill(launchOf(acts, task), 'SIGKILL')
  }
  async function recover(task: TaskRecord): Promise<void> {
    if (task.lastStatus === 'STOPPED') return
    if (tasks.around(task).host?.gone) return bury(task)
    if (task.container.launch > 0 && !task.container.exited) {
      const found = await driver.recover(launchOf(acts, task))
      const ending = task.desiredStatus === 'STOPPED'
      if (found.state === 'running') acts.metadataFiles.completeSoon(tasks.note(task, { paused: false, container: { started: true } }))
      else if (!ending && (task.paused || found.state === 'never-started')) await wake(task)
      else life.exited(launchOf(acts, task), found.state === 'exited' ? found : {})
    }
    if (task.hostArn && !tasks.around(task).host) crush(task)
    else life.poke(task.arn)
  }
  return {
    recover,
    condemn: (task, host) => {
      tasks.end(task, { stopCode: 'TerminationNotice', stoppedReason: `Host EC2 (instance ${host.ec2InstanceId}) terminated.` })
    },
    disown: (task) => tasks.end(task, { stopCode: 'UserInitiated', stoppedReason: 'Container instance deregistration forced by user' }),
    crush,
  }
}
