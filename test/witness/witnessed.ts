/** One thing that was to be seen, and what was. */
export interface Witnessed {
  what: string
  held: boolean
  seen: string
}

export interface Witness {
  /** Runs it and tells of it. Answers what it found, or undefined when it did not hold. */
  see<T>(what: string, look: () => Promise<{ seen: string; found: T }>): Promise<T | undefined>
  /** Something that cannot be seen here, and why. */
  note(what: string, reason: string): void
  all(): Witnessed[]
}

const MOST_LETTERS = 3_000

/** @param tell gets a line for each thing as it is seen */
export function witness(tell: (line: string) => void): Witness {
  const all: Witnessed[] = []
  const add = (what: string, held: boolean, seen: string, started: number): void => {
    all.push({ what, held, seen })
    tell(`${held ? 'ok  ' : 'FAIL'} ${what}: ${seen} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  }
  return {
    see: async (what, look) => {
      const started = Date.now()
      try {
        const { seen, found } = await look()
        add(what, true, seen, started)
        return found
      } catch (error) {
        add(what, false, String(Error.isError(error) ? error.message : error).slice(0, MOST_LETTERS), started)
        return undefined
      }
    },
    note: (what, reason) => tell(`     ${what}: ${reason}`),
    all: () => all,
  }
}

/** @throws with both where they differ */
export function expectSame(what: string, found: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (left !== right) throw new Error(`${what}: ${left} in place of ${right}`)
}
