import type { Timers } from '../timers.ts'
import type { At, ExecutionRecord, Journal } from './journal.ts'
import type { Invoke } from './lambda-call.ts'
import type { Machine } from './load.ts'
import type { Graph } from './machine.ts'
import type { Tally } from './tally.ts'

/** What all executions share. */
export interface Engine {
  timers: Timers
  invoke: Invoke
  journal: Journal
  /** 0 <= n < 1, for the jitter of retries. */
  random(): number
}

/** One execution while it runs. */
export interface Run {
  engine: Engine
  machine: Machine
  record: ExecutionRecord
  /** What `record.input` parses to. */
  input: unknown
  tally: Tally
}

/** A line of states in an execution: its own, or that of one Map iteration. */
export interface Thread {
  /** Empty for the execution's own; an iteration's is `<parent>/<the parent's entry>.<index>`. */
  path: string
  graph: Graph
  item?: { Index: number; Value: unknown }
  signal: AbortSignal
}

/** A thread in one of its states. */
export interface Visit {
  run: Run
  thread: Thread
  at: At
  /** Runs a thread inside this one to its end. */
  descend(thread: Thread, input: unknown): Promise<unknown>
}

export interface Outcome {
  /** None at the end of the thread. */
  next?: string | undefined
  output: unknown
}

/** The context object as the state sees it. */
export function contextOf({ run, thread, at }: Visit): object {
  const { record, machine, input } = run
  return {
    Execution: { Id: record.arn, Input: input, Name: record.name, StartTime: new Date(record.startedAt).toISOString() },
    StateMachine: { Id: machine.arn, Name: machine.name },
    State: { Name: at.state, EnteredTime: at.entered, RetryCount: at.used.reduce((sum, used) => sum + used, 0) },
    ...(thread.item && { Map: { Item: thread.item } }),
  }
}

/** Writes where the thread stands, unless it has been told to stop. */
export function save(run: Run, thread: Thread, at: Omit<At, keyof Tally>): At {
  thread.signal.throwIfAborted()
  const saved = { ...at, ...run.tally }
  run.engine.journal.saveFrame(run.record.arn, thread.path, saved)
  return saved
}
