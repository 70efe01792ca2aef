/** The entries that were set last, `most` of them at the most: what a process may remember of all tenants there are. */
export interface Recent<K, V> {
  get(key: K): V | undefined
  /** Makes the entry the newest; the oldest goes. */
  set(key: K, value: V): void
  delete(key: K): void
}

export function recent<K, V>(most: number): Recent<K, V> {
  const kept = new Map<K, V>()
  return {
    get: (key) => kept.get(key),
    set: (key, value) => {
      kept.delete(key)
      kept.set(key, value)
      const [oldest] = kept.size > most ? kept.keys() : []
      if (oldest !== undefined) kept.delete(oldest)
    },
    delete: (key) => {
      kept.delete(key)
    },
  }
}

/** Makes what is asked for and remembers it; of more than `most`, the one not used for longest is forgotten. */
export function recentlyUsed<K, V>(most: number, make: (key: K) => V): (key: K) => V {
  const kept = recent<K, V>(most)
  return (key) => {
    const value = kept.get(key) ?? make(key)
    kept.set(key, value)
    return value
  }
}
