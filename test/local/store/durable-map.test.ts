import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as z from 'zod'
import { durableMap } from '../../../local/store/durable-map.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'durable-map-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const Change = fc.record({ key: fc.constantFrom('a', 'b', 'c', '__proto__'), value: fc.option(fc.string()) })

describe('a durable map', () => {
  it('is in a new instance what it was in the old one, whatever was set and deleted', () => {
    const file = join(dir, 'any', 'changes.jsonl')
    fc.assert(
      fc.property(fc.array(Change), (changes) => {
        const map = durableMap(file, z.string())
        for (const key of map.keys()) map.delete(key)
        for (const { key, value } of changes) value === null ? map.delete(key) : map.set(key, value)
        const again = durableMap(file, z.string())
        expect(again.keys().map((key) => [key, again.get(key)])).toEqual(map.keys().map((key) => [key, map.get(key)]))
      }),
      { numRuns: 50 },
    )
  })

  it('forgets a last line that a kill tore, and writes on after it', () => {
    const file = join(dir, 'torn.jsonl')
    durableMap(file, z.number()).set('kept', 1)
    appendFileSync(file, '["lost",')
    const map = durableMap(file, z.number())
    map.set('next', 2)
    expect(durableMap(file, z.number()).keys()).toEqual(['kept', 'next'])
  })

  it('refuses a file that is damaged before its last line', () => {
    const file = join(dir, 'damaged.jsonl')
    writeFileSync(file, '["a",1]\n["b",\n["c",3]\n')
    expect(() => durableMap(file, z.number())).toThrow('damaged.jsonl:2 is damaged')
  })

  it('refuses a value that its schema does not know, by its key', () => {
    const file = join(dir, 'foreign.jsonl')
    writeFileSync(file, '["a","text"]\n')
    expect(() => durableMap(file, z.number())).toThrow(/foreign.jsonl: a is not what this version writes/)
  })

  it('keeps its file short however often a value changes', () => {
    const file = join(dir, 'busy.jsonl')
    const map = durableMap(file, z.number())
    for (let i = 0; i < 10_005; i += 1) map.set('counter', i)
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(100)
    expect(durableMap(file, z.number()).get('counter')).toBe(10_004)
  })

  it('gives its file the mode it was asked for, from the first moment', () => {
    const file = join(dir, 'secret.jsonl')
    durableMap(file, z.number(), { mode: 0o600 }).set('a', 1)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})
