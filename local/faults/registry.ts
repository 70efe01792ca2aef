/** Something that is disturbed until it is taken away. */
export interface ActiveFault {
  id: string
  kind: FaultKind
  /** What was asked for. */
  what: object
  /** How often it did something. */
  hits: number
  /** Epoch milliseconds. */
  since: number
}
export type FaultKind = 'calls' | 'events' | 'az' | 'agent'

interface Entry extends ActiveFault {
  undo: () => unknown
}

export interface Registry {
  /** @param undo takes it away */
  add(kind: FaultKind, what: object, undo: () => unknown): ActiveFault
  hit(fault: ActiveFault): void
  list(): ActiveFault[]
  /** @returns whether there was such a one */
  remove(id: string): Promise<boolean>
  clear(): Promise<number>
}

/** What is disturbed now, so that it can be seen and taken away, each by itself or all of it. */
export function registry(now: () => number): Registry {
  const entries = new Map<string, Entry>()
  let last = 0
  async function remove(id: string): Promise<boolean> {
    const entry = entries.get(id)
    if (!entry) return false
    entries.delete(id)
    await entry.undo()
    return true
  }
  return {
    add: (kind, what, undo) => {
      last += 1
      const entry = { id: `f${last}`, kind, what, hits: 0, since: now(), undo }
      entries.set(entry.id, entry)
      return entry
    },
    hit: (fault) => {
      fault.hits += 1
    },
    list: () => [...entries.values()].map(({ undo: _undo, ...fault }) => fault),
    remove,
    clear: async () => {
      const ids = [...entries.keys()]
      for (const id of ids) await remove(id)
      return ids.length
    },
  }
}
