import type { Snapshot } from './snapshot.ts'

/** What became of things: by section and key, the thing as it is now, or null where it is gone. */
export type Changes = Record<string, Record<string, unknown>>

/** A snapshot that knows each thing as text, so that the next one is compared without going into it. */
export type Known = ReadonlyMap<string, ReadonlyMap<string, string>>

export const knownOf = (snapshot: Snapshot): Known =>
  new Map(
    Object.entries(snapshot).map(([section, things]) => [
      section,
      new Map(Object.entries(things).map(([key, thing]) => [key, JSON.stringify(thing)])),
    ]),
  )

/** @returns undefined when nothing changed */
export function changesBetween(before: Known, after: Known): Changes | undefined {
  const changes: Changes = {}
  for (const [section, things] of after) {
    const old = before.get(section) ?? new Map<string, string>()
    const changed = [...things].filter(([key, text]) => old.get(key) !== text).map(([key, text]) => [key, JSON.parse(text)])
    const gone = [...old.keys()].filter((key) => !things.has(key)).map((key) => [key, null])
    if (changed.length + gone.length > 0) changes[section] = Object.fromEntries([...changed, ...gone])
  }
  return Object.keys(changes).length > 0 ? changes : undefined
}
