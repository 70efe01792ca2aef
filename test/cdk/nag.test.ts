import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from '@jest/globals'
import { config } from '../../cdk/configured.ts'
import { FUNCTION_VARIABLES } from '../../shared/platform/env.ts'

const directory = mkdtempSync(join(tmpdir(), 'ringhold-nag-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Synthesises a cell of that name with all rules on; answers what they found. */
function synthesise(cell: string): { status: number | null; findings: string[] | null } {
  // The rules look at the template, not at the code that is uploaded beside it.
  for (const name of Object.keys(FUNCTION_VARIABLES)) {
    mkdirSync(join(directory, 'bundles', name), { recursive: true })
    writeFileSync(join(directory, 'bundles', name, 'index.mjs'), 'export const handler = async () => {}\n')
  }
  const app = spawnSync(process.execPath, [join(import.meta.dirname, 'nag-app.ts'), join(directory, 'bundles'), cell], {
    env: { ...process.env, CDK_OUTDIR: join(directory, cell) },
    encoding: 'utf8',
  })
  return { status: app.status, findings: `${app.stdout}${app.stderr}`.match(/^(ERROR|WARNING) .*|Acknowledge with .*/gm) }
}

it('has no finding of cdk-nag or of CloudFormation that nobody answered for, whatever the cell is called', () => {
  expect(synthesise('west-2')).toEqual({ status: 0, findings: null })
})

it('names everything with its cell: a second one in the same account shares no name with the first', () => {
  const text = readFileSync(join(directory, 'west-2', 'west-2.template.json'), 'utf8')
  expect(text).not.toContain(config.cell)
  // Names that an account and region has once; policies are named within their role.
  const unique = /"(?:Function|Table|Queue|LogGroup|StateMachine|Cluster|AutoScalingGroup|LaunchTemplate)?Name": "([^"]+)"/g
  const names = [...text.matchAll(unique)].map(([, name]) => name ?? '').filter((name) => name !== 'containerInsights')
  expect(names.length).toBeGreaterThan(30)
  expect(names.filter((name) => !name.includes('west-2'))).toEqual([])
})
