/** Tells how far it is, and from where it can be gone on with. */
export function progress(count: number, from: number, say: (line: string) => void, now: () => number = Date.now) {
  const started = now()
  const done = new Set<number>()
  let before = from
  const seconds = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)
  return {
    /** @param index of the case, from 0 */
    over: (index: number): void => {
      done.add(index)
      while (done.has(before)) before += 1
      if (done.size % 25 !== 0 && done.size !== count - from) return
      const spent = now() - started
      const left = (spent / done.size) * (count - from - done.size)
      say(`${from + done.size} of ${count} after ${seconds(spent)}, some ${seconds(left)} left; all before --from ${before} are done`)
    },
    spent: () => seconds(now() - started),
  }
}
