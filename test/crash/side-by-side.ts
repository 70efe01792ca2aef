/**
 * Does the work on all of them, so many at a time, in order.
 * @param given makes one worker
 */
export async function work<T, R>(
  items: readonly T[],
  atOnce: number,
  given: () => { run(item: T): Promise<R>; stop(): Promise<void> },
  told: (result: R, index: number) => void,
): Promise<R[]> {
  const rest = items.entries()
  const results: R[] = []
  const one = async (): Promise<void> => {
    const worker = given()
    try {
      for (const [index, item] of rest) {
        const result = await worker.run(item)
        results.push(result)
        told(result, index)
      }
    } finally {
      await worker.stop()
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, one))
  return results
}
