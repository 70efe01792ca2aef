import { messageOf } from './trouble.ts'

/** What was opened and is to be closed, in the reverse order of its opening. */
export interface Closers {
  add(close: () => Promise<unknown>): void
  /** Closes all of it, whatever fails; answers what failed. */
  closeAll(): Promise<string[]>
}

export function openClosers(): Closers {
  const closers: (() => Promise<unknown>)[] = []
  return {
    add: (close) => {
      closers.push(close)
    },
    closeAll: async () => {
      const failures: string[] = []
      for (const close of closers.splice(0).reverse()) await close().catch((error: unknown) => failures.push(messageOf(error)))
      return failures
    },
  }
}
