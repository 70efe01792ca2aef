import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { givenPython, NoPython } from '../witness/python.ts'
import { CONFIGURATIONS } from './configurations.ts'
import { givenCells, type SynthesisedCells } from './given-cells.ts'

/** What it says and why it stays so. */
const ANSWERED = {
  W3005: 'the CDK names what a function waits for, its role among it, which the function names as well',
  W3010: 'zones are racks: rings are placed by their names, so they stand in the configuration',
}
const TEMPLATES = Object.entries(CONFIGURATIONS).flatMap(([name, { cells }]) =>
  cells.map(({ cell }) => [name, `${cell}.template.json`] as const),
)

const python = await givenPython(undefined, join(import.meta.dirname, 'requirements.txt')).catch((error: unknown) => {
  if (!(error instanceof NoPython)) throw error
  console.warn(`skipped: no Python (${error.message})`)
  return undefined
})

let cells: SynthesisedCells
beforeAll(() => {
  cells = givenCells(CONFIGURATIONS)
}, 120_000)
afterAll(() => cells.remove())

describe(`cfn-lint, which knows the schema of every resource${python ? '' : ' (skipped: no Python)'}`, () => {
  const judged = python ? it : it.skip
  judged(
    'finds nothing in any template of any configuration',
    () => {
      const { command, packages } = python ?? { command: '', packages: '' }
      const files = TEMPLATES.map(([name, template]) => join(cells.directoryOf(name), template))
      const run = ['-c', 'from cfnlint.runner import main; main()', '--format', 'parseable']
      const args = [...run, '--ignore-checks', ...Object.keys(ANSWERED), '--', ...files]
      const lint = spawnSync(command, args, { env: { ...process.env, PYTHONPATH: packages }, encoding: 'utf8' })
      expect({ status: lint.status, said: `${lint.stdout}${lint.stderr}`.trim() }).toEqual({ status: 0, said: '' })
    },
    300_000,
  )
})
