import type { DurableMap } from '../store/durable-map.ts'
import { afterChanges, type Change } from './change-batch.ts'
import { fullName, inOrder, type RecordSet, recordKey } from './record-set.ts'

export interface Zone {
  change(changes: Change[]): void
  /** From that name and type on, in Route 53's order. */
  list(start: { name?: string | undefined; type?: string | undefined }): RecordSet[]
  /** Values of the address records of that name. */
  addresses(name: string): string[]
}

/** A record set before which a listing has nothing; a type that sorts first stands for none. */
const startKey = (name: string, type: string | undefined) => ({ name: fullName(name), type: type ?? '' })

export function createZone(name: string, sets: DurableMap<RecordSet>): Zone {
  return {
    change: (changes) => {
      const after = afterChanges(sets.values(), changes, fullName(name))
      for (const key of sets.keys()) if (!after.has(key)) sets.delete(key)
      for (const [key, set] of after) if (sets.get(key) !== set) sets.set(key, set)
    },
    list: (start) => {
      const all = sets.values().sort(inOrder)
      const { name: from } = start
      return from === undefined ? all : all.filter((set) => inOrder(set, startKey(from, start.type)) >= 0)
    },
    addresses: (of) => (['A', 'AAAA'] as const).flatMap((type) => sets.get(recordKey({ name: fullName(of), type }))?.values ?? []),
  }
}
