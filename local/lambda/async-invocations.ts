import { AwsError } from '../aws/service.ts'
import type { Timers } from '../timers.ts'
import type { Outcome } from './execution-environment.ts'

export interface AsyncInvocations {
  /** Takes the event and returns; it is run, and run again when it fails. */
  accept(functionName: string, event: string): void
  stop(): void
}

/** An event that will not be tried again. */
export interface GivenUp {
  event: string
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
  timers: Timers
  onDiscard: (functionName: string, given: GivenUp) => void
}

/** One minute before the first retry, two before the second: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_DELAY_MS = 60_000
/** Throttled events wait from a second to five minutes and do not count as attempts. */
const THROTTLE_DELAY_MS = { first: 1_000, most: 300_000 }

export function createAsyncInvocations(options: AsyncInvocationsOptions): AsyncInvocations {
  const pending = new Set<() => void>()
  let stopped = false

  function later(ms: number, run: () => void): void {
    if (stopped) return
    const cancel = options.timers.after(ms, () => {
      pending.delete(cancel)
      run()
    })
    pending.add(cancel)
  }
  async function attempt(functionName: string, event: string, failures: number, throttles: number): Promise<void> {
    try {
      const outcome = await options.run(functionName, event)
      if (!outcome.functionError) return
      if (failures >= options.retries(functionName)) {
        const given = { event, invokes: failures + 1, answer: outcome.payload, reason: outcome.payload }
        return options.onDiscard(functionName, given)
      }
      later(RETRY_DELAY_MS * (failures + 1), () => void attempt(functionName, event, failures + 1, 0))
    } catch (error) {
      const throttled = error instanceof AwsError && error.code === 'TooManyRequestsException'
      if (!throttled) return options.onDiscard(functionName, { event, invokes: failures, reason: String(error) })
      const wait = Math.min(THROTTLE_DELAY_MS.first * 2 ** throttles, THROTTLE_DELAY_MS.most)
      later(wait, () => void attempt(functionName, event, failures, throttles + 1))
    }
  }
  return {
    accept: (functionName, event) => void attempt(functionName, event, 0, 0),
    stop: () => {
      stopped = true
      for (const cancel of pending) cancel()
      pending.clear()
    },
  }
}
