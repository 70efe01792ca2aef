import type { ExecutionRecord } from './journal.ts'
import type { Machine } from './load.ts'
import type { Engine } from './run.ts'
import { createRunning, failed } from './running.ts'
import { StateError } from './state-error.ts'
import type { Tally } from './tally.ts'

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: how long a closed execution's name stays taken. */
const REMEMBERED_MS = 90 * 24 * 3_600_000

export interface Executions {
  get(arn: string): ExecutionRecord | undefined
  list(): ExecutionRecord[]
  /** @param input JSON text */
  start(machine: Machine, name: string, input: string): ExecutionRecord
  /** Ends one that runs, as ABORTED; one that has ended stays as it is. */
  abort(arn: string, error: string | undefined, cause: string | undefined): void
  /** Goes on with what ran when the last process died, and forgets what is old enough. */
  resume(): void
  /** Puts everything down where it is; the journal knows where. */
  halt(): void
}

export function executionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`
}

export function createExecutions(engine: Engine, machines: ReadonlyMap<string, Machine>): Executions {
  const { journal, timers } = engine
  const running = createRunning(engine)

  const isForgotten = ({ stoppedAt }: ExecutionRecord): boolean => stoppedAt !== undefined && stoppedAt + REMEMBERED_MS < timers.now()
  const current = (record: ExecutionRecord): ExecutionRecord => ({ ...record, ...running.tally(record.arn) })

  function get(arn: string): ExecutionRecord | undefined {
    const record = journal.execution(arn)
    return record && !isForgotten(record) ? current(record) : undefined
  }
  function start(machine: Machine, name: string, input: string): ExecutionRecord {
    const arn = executionArn(machine.arn, name)
    const tally = { events: 1, transitions: 0 }
    const record = {
      kind: 'execution',
      arn,
      name,
      machineArn: machine.arn,
      status: 'RUNNING',
      input,
      startedAt: timers.now(),
      ...tally,
    } as const
    journal.saveExecution(record)
    running.begin(record, machine, tally)
    return record
  }
  function goOn(record: ExecutionRecord): void {
    const machine = machines.get(record.machineArn)
    if (!machine) {
      const gone = failed(new StateError('States.Runtime', `the state machine ${record.machineArn} is gone`))
      journal.saveExecution({ ...record, ...gone, stoppedAt: timers.now() })
      return
    }
    const tallies: Tally[] = [record, ...journal.frames(record.arn)]
    const events = Math.max(...tallies.map((tally) => tally.events))
    const transitions = Math.max(...tallies.map((tally) => tally.transitions))
    running.begin(record, machine, { events, transitions })
  }
  function resume(): void {
    for (const record of journal.executions()) {
      if (isForgotten(record)) journal.dropExecution(record.arn)
      else if (record.status === 'RUNNING') goOn(record)
      else journal.dropThreads(record.arn, '')
    }
  }
  return {
    get,
    list: () =>
      journal
        .executions()
        .filter((record) => !isForgotten(record))
        .map(current),
    start,
    abort: (arn, error, cause) => running.end(arn, { status: 'ABORTED', error, cause }),
    resume,
    halt: running.halt,
  }
}
