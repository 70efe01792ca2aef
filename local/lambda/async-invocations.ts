import type { Timers } from '../timers.ts'
import { wasThrottled } from './concurrency.ts'
import type { Outcome } from './execution-environment.ts'

export interface AsyncInvocations {
  /** Takes the event and returns; it is run, and run again when it fails. */
  accept(functionName: string, event: string): void
  stop(): void
}

/** An event that will not be tried again. */
export interface GivenUp {
  event: string
  condition: 'RetriesExhausted' | 'EventAgeExceeded'
  /** How often the function was run with it. */
  invokes: number
  /** What it answered last, as JSON; undefined when it was never run. */
  answer?: string
  reason: string
}

export interface AsyncInvocationsOptions {
  run: (functionName: string, event: string) => Promise<Outcome>
  /** Attempts after the first one, by function. */
  retries: (functionName: string) => number
  /** How old an event may be that is tried again, by function: milliseconds. */
  maxAge: (functionName: string) => number
  timers: Timers
  onDiscard: (functionName: string, given: GivenUp) => void
}

/** One minute before the first retry, two before the second: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_DELAY_MS = 60_000
/** Throttled events wait from a second to five minutes and do not count as attempts. */
const THROTTLE_DELAY_MS = { first: 1_000, most: 300_000 }

/** An event under way. */
interface Accepted {
  functionName: string
  event: string
  at: number
  failures: number
  throttles: number
  answer?: string
}

export function createAsyncInvocations(options: AsyncInvocationsOptions): AsyncInvocations {
  const { timers, onDiscard } = options
  const pending = new Set<() => void>()
  let stopped = false

  function discard({ functionName, event, failures: invokes, answer }: Accepted, condition: GivenUp['condition'], reason: string): void {
    onDiscard(functionName, { event, condition, invokes, reason, ...(answer === undefined ? {} : { answer }) })
  }
  function again(accepted: Accepted, ms: number, reason: string): void {
    if (timers.now() + ms - accepted.at > options.maxAge(accepted.functionName)) {
      discard(accepted, 'EventAgeExceeded', reason)
      return
    }
    if (stopped) return
    const cancel = timers.after(ms, () => {
      pending.delete(cancel)
      void attempt(accepted)
    })
    pending.add(cancel)
  }
  async function attempt(accepted: Accepted): Promise<void> {
    const { functionName, event, failures, throttles } = accepted
    try {
      const { functionError, payload } = await options.run(functionName, event)
      if (!functionError) return
      const failed = { ...accepted, failures: failures + 1, throttles: 0, answer: payload }
      if (failures >= options.retries(functionName)) return discard(failed, 'RetriesExhausted', payload)
      again(failed, RETRY_DELAY_MS * failed.failures, payload)
    } catch (error) {
      if (!wasThrottled(error)) return discard(accepted, 'RetriesExhausted', String(error))
      const wait = Math.min(THROTTLE_DELAY_MS.first * 2 ** throttles, THROTTLE_DELAY_MS.most)
      again({ ...accepted, throttles: throttles + 1 }, wait, String(error))
    }
  }
  return {
    accept: (functionName, event) => void attempt({ functionName, event, at: timers.now(), failures: 0, throttles: 0 }),
    stop: () => {
      stopped = true
      for (const cancel of pending) cancel()
      pending.clear()
    },
  }
}
