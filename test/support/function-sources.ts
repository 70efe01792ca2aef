import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
/** What a file runs of ours: types are left out. */
const IMPORTS = /^(?:import|export)\s+(?!type\b)[^']*?from '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm

/** The text of each file that a function is bundled from, by its path from the root. */
export function sourcesOf(name: string): Map<string, string> {
  const seen = new Map<string, string>()
  const read = (file: string): void => {
    if (seen.has(file) || !existsSync(join(ROOT, file))) return
    const text = readFileSync(join(ROOT, file), 'utf8')
    seen.set(file, text)
    for (const [, of, later] of text.matchAll(IMPORTS)) read(join(dirname(file), of ?? later ?? ''))
  }
  read(`functions/${name}.ts`)
  return seen
}

/** The messages of lines that the function may log, each with its level and the text of the file that logs it. */
export function messagesOf(name: string): Map<string, { level: string; text: string }> {
  const logged = [...sourcesOf(name).values()].flatMap((text) =>
    [...text.matchAll(/\blog\.(info|warn|error)\(\s*'([^']+)'/g)].map(
      ([, level = '', message = '']): [string, { level: string; text: string }] => [message, { level, text }],
    ),
  )
  return new Map(logged)
}
