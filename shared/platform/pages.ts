/** Some of what was asked for, and where to go on; without `next` it was the last. */
export interface Page<T, Next> {
  items: T[]
  next?: Next | undefined
}

/**
 * All there is, one page after the other.
 * @param ask for the page at `next`, the first one without it
 * @param between two pages: to pause, or to say that there are too many
 */
export async function everyPage<T, Next = string>(
  ask: (next: Next | undefined) => Promise<Page<T, Next>>,
  between?: () => Promise<void>,
): Promise<T[]> {
  const found: T[] = []
  let next: Next | undefined
  for (;;) {
    const page = await ask(next)
    found.push(...page.items)
    next = page.next
    if (next === undefined) return found
    await between?.()
  }
}

/** As many at once as a call takes. */
export const batchesOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
