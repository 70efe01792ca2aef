import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RingholdConfig } from '../../cdk/config.ts'
import { FUNCTION_VARIABLES } from '../../shared/platform/env.ts'
import { type CellTemplate, readCell } from './given.ts'

export interface SynthesisedCells {
  status: number | null
  /** What the rules found and nobody answered for. */
  findings: string[]
  directoryOf(name: string): string
  /** Of a configuration by its name; its first cell unless another is named. */
  template(name: string, cell?: string): CellTemplate
  remove(): void
}

/** Synthesises configurations in one process, without the code of functions; with `rules` under cdk-nag and CloudFormation's own. */
export function givenCells(configurations: Record<string, RingholdConfig>, how: 'plain' | 'rules' = 'plain'): SynthesisedCells {
  const directory = mkdtempSync(join(tmpdir(), 'ringhold-cells-'))
  const bundles = join(directory, 'bundles')
  for (const name of Object.keys(FUNCTION_VARIABLES)) {
    mkdirSync(join(bundles, name), { recursive: true })
    writeFileSync(join(bundles, name, 'index.mjs'), 'export const handler = async () => {}\n')
  }
  const directoryOf = (name: string): string => join(directory, name)
  const byDirectory = Object.fromEntries(Object.entries(configurations).map(([name, each]) => [directoryOf(name), each]))
  const args = [
    join(import.meta.dirname, 'fixtures', 'cells-app.ts'),
    bundles,
    JSON.stringify(byDirectory),
    ...(how === 'rules' ? [how] : []),
  ]
  const env = { ...process.env, ...(how === 'plain' ? { CDK_VALIDATION: 'false' } : {}) }
  const app = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const said = `${app.stdout}${app.stderr}`
  const findings = said.match(/^(ERROR|WARNING) .*|Acknowledge with .*/gm) ?? []
  if (app.status !== 0 && findings.length === 0) throw new Error(`cells could not be synthesised:\n${said}`)
  const template = (name: string, cell = configurations[name]?.cells[0]?.cell) => readCell(directoryOf(name), cell)
  return { status: app.status, findings, directoryOf, template, remove: () => rmSync(directory, { recursive: true }) }
}
