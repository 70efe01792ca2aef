import { assertCurrent, type StepContext } from './context.ts'

/** Waiting inside a step is bounded well below the step's timeout; what takes longer is looked at again by the loop. */
const BUDGET_MS = 20_000
const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 2000

/**
 * Asks again, at growing intervals, until the condition holds; leaves at once when the cluster is wanted otherwise.
 * @returns whether it held within 20 s.
 */
export async function waitUntil(context: StepContext, condition: () => Promise<boolean>): Promise<boolean> {
  const { clock } = context.deps
  const end = clock.now() + BUDGET_MS
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5)) {
    if (await condition()) return true
    if (clock.now() + pause > end) return false
    await clock.sleep(pause)
    await assertCurrent(context)
  }
}
