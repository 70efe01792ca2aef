import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { givenPython, NoPython } from '../witness/python.ts'
import { CONFIGURATIONS } from './configurations.ts'
import { givenCells, type SynthesisedCells } from './given-cells.ts'

/** What it says and why it stays so. */
const ANSWERED = {
  W3005: 'the CDK names what a function waits for, its role among it, which the function names as well',
  W3010: 'zones are racks: rings are placed by their names, so they stand in the configuration',
}
const NAMES = { plain: 'cell-1', full: 'cell-1', closed: 'west-2' } as const

const python = await givenPython(undefined, join(import.meta.dirname, 'requirements.txt')).catch((error: unknown) => {
  if (!(error instanceof NoPython)) throw error
  console.warn(`skipped: ${error.message}`)
  return undefined
})

let cells: SynthesisedCells
beforeAll(() => {
  cells = givenCells(CONFIGURATIONS)
}, 120_000)
afterAll(() => cells.remove())

const judged = python ? it : it.skip
judged(
  'cfn-lint, which knows the schema of every resource, finds nothing in any template',
  () => {
    const { command, packages } = python ?? { command: '', packages: '' }
    const files = Object.entries(NAMES).map(([name, cell]) => join(cells.directoryOf(name), `${cell}.template.json`))
    const args = [
      '-c',
      'from cfnlint.runner import main; main()',
      '--format',
      'parseable',
      '--ignore-checks',
      ...Object.keys(ANSWERED),
      '--',
      ...files,
    ]
    const lint = spawnSync(command, args, { env: { ...process.env, PYTHONPATH: packages }, encoding: 'utf8' })
    expect({ status: lint.status, said: `${lint.stdout}${lint.stderr}`.trim() }).toEqual({ status: 0, said: '' })
  },
  300_000,
)
