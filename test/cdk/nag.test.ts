import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from '@jest/globals'
import { FUNCTION_VARIABLES } from '../../shared/platform/env.ts'

const directory = mkdtempSync(join(tmpdir(), 'ringhold-nag-'))
afterAll(() => rmSync(directory, { recursive: true }))

it('has no finding of cdk-nag or of CloudFormation that nobody answered for', () => {
  // The rules look at the template, not at the code that is uploaded beside it.
  for (const name of Object.keys(FUNCTION_VARIABLES)) {
    mkdirSync(join(directory, 'bundles', name), { recursive: true })
    writeFileSync(join(directory, 'bundles', name, 'index.mjs'), 'export const handler = async () => {}\n')
  }
  const app = spawnSync(process.execPath, [join(import.meta.dirname, 'nag-app.ts'), join(directory, 'bundles')], {
    env: { ...process.env, CDK_OUTDIR: join(directory, 'cdk.out') },
    encoding: 'utf8',
  })
  expect({ status: app.status, findings: `${app.stdout}${app.stderr}`.match(/^(ERROR|WARNING) .*|Acknowledge with .*/gm) }).toEqual({
    status: 0,
    findings: null,
  })
})
