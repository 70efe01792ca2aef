import { wasThrottled } from '../lambda/concurrency.ts'
import type { Lambda } from '../lambda/lambda.ts'
import type { Timers } from '../timers.ts'

/** Between tries; Lambda says only that it backs off. */
const DELAY_MS = { first: 100, most: 30_000 }

export interface PatientInvoke {
  /**
   * Asks a function that has no room again, up to `until`, in milliseconds since the epoch:
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
   */
  invoke(functionName: string, event: unknown, until: number): ReturnType<Lambda['invoke']>
  /** Nobody is asked any more: who waits is told of the throttle. */
  stop(): void
}

export function patientInvoke(options: { invoke: Lambda['invoke']; timers: Timers }): PatientInvoke {
  const { timers } = options
  const pauses = new Set<() => void>()
  let stopped = false
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        pauses.delete(end)
        cancel()
        resolve()
      }
      const cancel = timers.after(ms, end)
      pauses.add(end)
    })
  return {
    invoke: async (functionName, event, until) => {
      for (let wait = DELAY_MS.first; ; wait = Math.min(2 * wait, DELAY_MS.most)) {
        try {
          return await options.invoke(functionName, event)
        } catch (error) {
          if (stopped || !wasThrottled(error) || timers.now() + wait >= until) throw error
          await pause(wait)
          if (stopped) throw error
        }
      }
    },
    stop: () => {
      stopped = true
      for (const end of [...pauses]) end()
    },
  }
}
