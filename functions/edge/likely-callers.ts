import { createHash } from 'node:crypto'
import { recent } from '../../shared/platform/recent.ts'
import type { Caller } from '../../shared/tenants/caller.ts'

const REMEMBERED = 1_000

/**
 * Who sent an Authorization header the last time. A guess that lets work begin while the key is looked up, never a reason to
 * answer: whoever uses it waits for the look-up and compares. Headers are not kept, only their hashes.
 */
export function likelyCallers() {
  const callers = recent<string, Caller>(REMEMBERED)
  const hashOf = (authorization: string): string => createHash('sha256').update(authorization).digest('base64')
  return {
    get: (authorization: string | undefined): Caller | undefined =>
      authorization === undefined ? undefined : callers.get(hashOf(authorization)),
    /** Undefined: nobody of whom anything is known. */
    set: (authorization: string | undefined, caller: Caller | undefined): void => {
      if (authorization === undefined) return
      const hash = hashOf(authorization)
      if (caller) callers.set(hash, caller)
      else callers.delete(hash)
    },
  }
}

export const sameCaller = (a: Caller, b: Caller): boolean => JSON.stringify(a) === JSON.stringify(b)
