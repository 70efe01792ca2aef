import type { ExecutionRecord } from './journal.ts'
import type { Machine } from './load.ts'
import type { Engine, Run } from './run.ts'
import { StateError } from './state-error.ts'
import type { Tally } from './tally.ts'
import { runThread } from './thread.ts'
import { Halted, sleepUntil } from './waiting.ts'

/** How an execution ends; `output` is JSON text. */
export type Ending = Pick<ExecutionRecord, 'output' | 'error' | 'cause'> & { status: Exclude<ExecutionRecord['status'], 'RUNNING'> }

interface Live {
  run: Run
  stop: AbortController
}

/** The executions that this process is at. */
export interface Running {
  /** From where the journal says it is; nothing after `halt`. */
  begin(record: ExecutionRecord, machine: Machine, tally: Tally): void
  end(arn: string, ending: Ending): void
  /** Of one that runs. */
  tally(arn: string): Tally | undefined
  halt(): void
}

export function failed(error: unknown): Ending {
  const known = error instanceof StateError ? error : new StateError('States.Runtime', Error.isError(error) ? error.message : String(error))
  return { status: 'FAILED', error: known.error, cause: known.reason }
}

export function createRunning(engine: Engine): Running {
  const { journal, timers } = engine
  const running = new Map<string, Live>()
  let halted = false

  function end(arn: string, ending: Ending): void {
    const live = running.get(arn)
    if (!live) return
    running.delete(arn)
    const { record, tally } = live.run
    journal.saveExecution({ ...record, ...ending, ...tally, events: tally.events + 1, stoppedAt: timers.now() })
    journal.dropThreads(arn, '')
    live.stop.abort(new Halted('the execution has ended'))
  }

  function endInTime({ run: { record, machine }, stop }: Live): void {
    if (machine.timeoutSeconds === undefined) return
    const expired = () => end(record.arn, { status: 'TIMED_OUT', error: 'States.Timeout' })
    // It rejects when the execution ends first, which is no news.
    sleepUntil(timers, record.startedAt + machine.timeoutSeconds * 1000, stop.signal).then(expired, () => {})
  }

  async function live({ run, stop: { signal } }: Live): Promise<void> {
    const { record, machine, input } = run
    try {
      const output = await runThread(run, { path: '', graph: machine.graph, signal }, input)
      end(record.arn, { status: 'SUCCEEDED', output: JSON.stringify(output) })
    } catch (error) {
      // Who told it to stop has written why, or left it to be resumed.
      if (!signal.aborted) end(record.arn, failed(error))
    }
  }

  return {
    begin: (record, machine, tally) => {
      if (halted || running.has(record.arn)) return
      const entry = { run: { engine, machine, record, input: JSON.parse(record.input), tally }, stop: new AbortController() }
      running.set(record.arn, entry)
      endInTime(entry)
      void live(entry)
    },
    end,
    tally: (arn) => running.get(arn)?.run.tally,
    halt: () => {
      halted = true
      const entries = [...running.values()]
      running.clear()
      for (const { stop } of entries) stop.abort(new Halted('the interpreter is put down'))
    },
  }
}
