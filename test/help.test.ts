import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const ROOT = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')))

/** What the script of package.json says of itself. @throws unless it ends with 0 */
function helpOf(name: string): string {
  const args = (scripts[name] ?? '').replace(/^(exec )?node /, '').split(' ')
  return execFileSync(process.execPath, [...args, '--help'], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}
const HELP = new Map(Object.keys(scripts).map((name) => [name, helpOf(name)]))

it.each([...HELP])('npm run %s -- --help says what the command does, and does nothing', (name, text) => {
  expect(text).toMatch(new RegExp(`\\bnpm (run )?${name}\\b`))
  expect(text.split('\n').length).toBeGreaterThan(2)
})

it('the documentation asks no command for what its help does not know', () => {
  const pages = globSync(['*.md', 'docs/*.md', 'cdk/*.ts'], { cwd: ROOT }).map(read).join('\n')
  const asked = [...pages.matchAll(/npm (?:run )?(?:--silent )?([a-z-]+) -- ([^`\n]+)/g)].flatMap(([, name = '', rest = '']) =>
    [...rest.matchAll(/--[a-z-]+/g)].map(([flag]) => ({ name, flag })),
  )
  expect(asked.length).toBeGreaterThan(20)
  // What disturbs the local cloud has each its own flags: test/local/faults.
  const strange = asked.filter(({ name, flag }) => name !== 'local' && !HELP.get(name)?.includes(flag))
  expect(strange).toEqual([])
})
