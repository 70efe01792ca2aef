import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { synthesise } from '../../local/synth.ts'
import { OUT } from '../support/given-cell.ts'
import { PARTS, witnessAll } from './all.ts'
import { givenPython, NoPython, type Python } from './python.ts'

const python: Python | NoPython = await givenPython(console.warn).catch((error: unknown) => {
  if (!(error instanceof NoPython)) throw error
  console.warn(`skipped: no Python (${error.message})`)
  return error
})

const whatever = python instanceof NoPython ? describe.skip : describe
whatever(`emulators of AWS that are not ours${python instanceof NoPython ? ' (skipped: no Python)' : ''}`, () => {
  it('answer as the models do, and run the template as the local cloud does', async () => {
    if (python instanceof NoPython) throw python
    if (!existsSync(join(OUT, 'manifest.json'))) await synthesise(OUT)
    const said: string[] = []
    const seen = await witnessAll(python, { outDir: OUT, parts: [...PARTS], tell: (line) => said.push(line) })
    if (seen.all().some(({ held }) => !held)) console.warn(said.join('\n'))
    expect(seen.all().filter(({ held }) => !held)).toEqual([])
    expect(seen.all().length).toBeGreaterThan(15)
  }, 600_000)
})
