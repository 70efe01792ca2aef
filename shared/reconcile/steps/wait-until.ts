import { assertCurrent, type StepContext } from './context.ts'

/** Waiting inside a step is bounded well below the step's timeout; what takes longer is looked at again by the loop. */
const BUDGET_MS = 20_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 4000

/**
 * Asks again, at growing intervals, until the condition holds; leaves at once when the cluster is wanted otherwise. For what
 * nobody tells of.
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

/** Between two looks at the cluster's own item, which is cheap and nobody's limit. */
const FIRST_LOOK_MS = 25
const LONGEST_LOOK_MS = 1000
/** An event may be lost: without one it is asked again after this long, then after twice as long. */
const UNTOLD_MS = 5000

/**
 * Asks at once, and again when ECS has told as much of the cluster's tasks as is still missing; for an account may ask ECS
 * twenty times a second, all its rings together. Leaves at once when the cluster is wanted otherwise.
 * @param missing asks; answers how many events are to come before it is worth asking again, 0 when there is nothing to wait for
 * @returns whether nothing was missing within 20 s.
 */
export async function waitForNews(context: StepContext, missing: () => Promise<number>): Promise<boolean> {
  const { clock } = context.deps
  const end = clock.now() + BUDGET_MS
  let { wake } = context.cluster
  let patience = UNTOLD_MS
  for (;;) {
    const asked = wake
    const left = await missing()
    if (left === 0) return true
    const untold = clock.now() + patience
    patience *= 2
    for (let pause = FIRST_LOOK_MS; wake < asked + left && clock.now() < untold; pause = Math.min(LONGEST_LOOK_MS, pause * 1.5)) {
      if (clock.now() + pause > end) return false
      await clock.sleep(pause)
      wake = (await assertCurrent(context)).wake
    }
  }
}
