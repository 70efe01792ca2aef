/** Calls that one function has under way at once: AWS' own limits are lower, and a burst of hundreds only meets throttles. */
const AT_MOST = 40

/**
 * Does the same for every item, some at a time, in order. Always goes through to the end, so that nothing is left under way
 * in a function that has answered; then throws the first error there was.
 */
export async function sideBySide<T, R>(items: readonly T[], run: (item: T) => Promise<R>, atMost = AT_MOST): Promise<R[]> {
  const ends: PromiseSettledResult<R>[] = []
  const left = items.entries()
  const work = async (): Promise<void> => {
    for (const [i, item] of left) [ends[i]] = await Promise.allSettled([run(item)])
  }
  await Promise.all(Array.from({ length: Math.min(atMost, items.length) }, work))
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
}
