import { StateError } from './state-error.ts'

/**
 * What an execution used so far.
 *
 * `events` counts the history as Step Functions writes it (https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html):
 * one for the start and one for the end of the execution; StateEntered and StateExited of each state (Fail has no exit); of each attempt
 * of a Task TaskScheduled, TaskStarted and TaskSucceeded, TaskFailed or TaskTimedOut; of each attempt of a Map MapStateStarted and
 * MapStateSucceeded or MapStateFailed, and of each iteration MapIterationStarted and MapIterationSucceeded, -Failed or -Aborted.
 * What is done again after a kill may count twice.
 *
 * `transitions` counts what is billed: each state entered and each retry (https://aws.amazon.com/step-functions/pricing/).
 */
export interface Tally {
  events: number
  transitions: number
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html */
export const HISTORY_LIMIT = 25_000

/**
 * Counts `more` events; the last one of a history is kept for the execution's end.
 * @throws StateError when the history is full
 */
export function addEvents(tally: Tally, more: number): void {
  tally.events += more
  if (tally.events < HISTORY_LIMIT) return
  tally.events = HISTORY_LIMIT - 1
  throw new StateError('States.Runtime', `The execution reached the maximum number of history events (${HISTORY_LIMIT}).`)
}
