import { appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'

/** A map that is back after a kill -9: every change is one appended line, the file is rewritten short when it is opened. */
export interface DurableMap<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
  keys(): string[]
  values(): V[]
}

const Line = z.tuple([z.string(), z.unknown()]).or(z.tuple([z.string()]))

function load<V>(file: string, schema: z.ZodType<V>): Map<string, V> {
  const map = new Map<string, V>()
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  for (const [index, text] of lines.entries()) {
    if (text === '') continue
    let line: z.infer<typeof Line>
    try {
      line = Line.parse(JSON.parse(text))
    } catch (cause) {
      // Only the last line can be torn, by a kill in the middle of the write: its change was never answered.
      if (index === lines.length - 1) break
      throw new Error(`${file}:${index + 1} is damaged`, { cause })
    }
    if (line.length === 1) map.delete(line[0])
    else map.set(line[0], schema.parse(line[1]))
  }
  return map
}

function compact<V>(file: string, map: Map<string, V>): void {
  mkdirSync(dirname(file), { recursive: true })
  const fresh = `${file}.new`
  writeFileSync(fresh, [...map].map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  const fd = openSync(fresh, 'r+')
  fsyncSync(fd)
  closeSync(fd)
  renameSync(fresh, file)
}

/** @param file where the lines go; undefined keeps the map in memory only. */
export function durableMap<V>(file: string | undefined, schema: z.ZodType<V>): DurableMap<V> {
  const map = file ? load(file, schema) : new Map<string, V>()
  if (file) compact(file, map)
  const append = (line: unknown[]): void => {
    if (file) appendFileSync(file, `${JSON.stringify(line)}\n`)
  }
  return {
    get: (key) => map.get(key),
    set: (key, value) => {
      append([key, value])
      map.set(key, value)
    },
    delete: (key) => {
      if (map.delete(key)) append([key])
    },
    keys: () => [...map.keys()],
    values: () => [...map.values()],
  }
}
