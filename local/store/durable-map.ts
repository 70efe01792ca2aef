import { appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'

/** A map that is back after a kill -9: every change is one appended line; the file is rewritten short now and then. */
export interface DurableMap<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
  keys(): string[]
  values(): V[]
}

export interface DurableMapOptions {
  /** The file's mode: 0o600 for what is secret. */
  mode?: number
}

const Line = z.tuple([z.string(), z.unknown()]).or(z.tuple([z.string()]))

function parseLine(text: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** The last value of each key as it was written. */
function readLines(file: string): Map<string, unknown> {
  const found = new Map<string, unknown>()
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  for (const [index, text] of lines.entries()) {
    if (text === '') continue
    const line = parseLine(text)
    // Only the last line can be torn, by a kill in the middle of the write: its change was never answered.
    if (!line && index === lines.length - 1) break
    if (!line) throw new Error(`${file}:${index + 1} is damaged`)
    if (line.length === 1) found.delete(line[0])
    else found.set(line[0], line[1])
  }
  return found
}

function load<V>(file: string, schema: z.ZodType<V>): Map<string, V> {
  const map = new Map<string, V>()
  for (const [key, value] of readLines(file)) {
    const parsed = schema.safeParse(value)
    if (!parsed.success) throw new Error(`${file}: ${key} is not what this version writes: ${z.prettifyError(parsed.error)}`)
    map.set(key, parsed.data)
  }
  return map
}

function compact<V>(file: string, map: Map<string, V>, mode: number): void {
  mkdirSync(dirname(file), { recursive: true })
  const fresh = `${file}.new`
  writeFileSync(fresh, [...map].map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode })
  const fd = openSync(fresh, 'r+')
  fsyncSync(fd)
  closeSync(fd)
  renameSync(fresh, file)
}

/** Lines beyond which a file mostly of overwritten values is written anew. */
const LONG = 10_000

/** @param file where the lines go; undefined keeps the map in memory only. */
export function durableMap<V>(file: string | undefined, schema: z.ZodType<V>, options: DurableMapOptions = {}): DurableMap<V> {
  const mode = options.mode ?? 0o644
  const map = file ? load(file, schema) : new Map<string, V>()
  let lines = map.size
  if (file) compact(file, map, mode)
  const append = (line: unknown[]): void => {
    if (file) appendFileSync(file, `${JSON.stringify(line)}\n`)
  }
  const appended = (): void => {
    lines += 1
    if (!file || lines < LONG || lines < 4 * map.size) return
    compact(file, map, mode)
    lines = map.size
  }
  return {
    get: (key) => map.get(key),
    set: (key, value) => {
      append([key, value])
      map.set(key, value)
      appended()
    },
    delete: (key) => {
      if (!map.has(key)) return
      append([key])
      map.delete(key)
      appended()
    },
    keys: () => [...map.keys()],
    values: () => [...map.values()],
  }
}
