import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const ROOT = join(import.meta.dirname, '..')
/** Also what is not committed yet, so that it is told before the commit. */
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
  cwd: ROOT,
  encoding: 'utf8',
})
const files = listed.split('\n').filter((file) => /^(cdk|functions|shared|local|test|bench)\/.*\.(ts|mjs|js)$/.test(file))
const sources = files.map((file) => ({ file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n') }))
const product = sources.filter(({ file }) => !file.startsWith('test/'))

/** `file:line` of each line that matches. */
const found = (among: typeof sources, pattern: RegExp): string[] =>
  among.flatMap(({ file, lines }) => lines.flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])))

describe('the house', () => {
  it('has no file of more than 300 lines', () => {
    expect(sources.filter(({ lines }) => lines.length > 301).map(({ file, lines }) => `${file}: ${lines.length - 1} lines`)).toEqual([])
  })

  it('has mostly short files: half of the product at most 60 lines, nine of ten at most 150', () => {
    const lengths = product.map(({ lines }) => lines.length - 1).sort((a, b) => a - b)
    const quantile = (share: number) => lengths[Math.floor(share * (lengths.length - 1))] ?? 0
    expect({ half: quantile(0.5) <= 60, most: quantile(0.9) <= 150 }).toEqual({ half: true, most: true })
  })

  it('names files in kebab-case for what they hold, and has no drawers', () => {
    expect(files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.(ts|mjs|js)$/.test(basename(file)))).toEqual([])
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc|manager|types)(\/|\.)/.test(file))).toEqual([])
  })

  it('asks which engine it has in the engines only', () => {
    const outside = product.filter(({ file }) => !file.startsWith('shared/engines/'))
    expect(found(outside, /engine\s*[!=]==?\s*['"`]|case '(redis|valkey)'/)).toEqual([])
  })

  it('does not talk the compiler out of anything', () => {
    expect(found(product, /\bas (any\b(?! [a-z])|never\b|unknown as\b)|<any>|@ts-(ignore|nocheck|expect-error)/)).toEqual([])
  })

  it('runs all its tests', () => {
    // What needs Docker, a browser, Python or root is skipped where there is none, says so, and is counted by CI.
    const needing =
      /^test\/(support\/(docker|chromium)|contract\/engine\/kit|cdk\/(cfn-lint|host-firewall)\.test|witness\/witness\.test|house\.test)\.ts$/
    const elsewhere = sources.filter(({ file }) => !needing.test(file))
    expect(found(elsewhere, /\b(it|test|describe)\.(only|skip|todo)\b|\b[fx](it|describe)\(/)).toEqual([])
  })
})
