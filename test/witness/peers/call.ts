import type { World } from './worlds.ts'

/** One call, sent to both worlds in the order of the list. */
export interface Call {
  /** Unique in all lists. */
  what: string
  /** As local/iam/asks names it. */
  operation: string
  send(world: World): Promise<unknown>
}

/** What an earlier answer of the same world said. @throws when it did not */
export function said(world: World, name: string): string {
  const found = world.said.get(name)
  if (found === undefined) throw new Error(`no earlier call said ${name}`)
  return found
}

/** Keeps a part of an answer for later calls; answers the answer. */
export function remember<T>(world: World, name: string, answer: T, part: (answer: T) => string | undefined): T {
  const found = part(answer)
  if (found !== undefined) world.said.set(name, found)
  return answer
}
