import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { documentClient } from '../../shared/platform/aws-clients.ts'
import { sk, tenantId } from '../../shared/platform/table.ts'
import { tableFor } from '../../shared/platform/tenant-table.ts'
import { tableOver } from '../local/dynamodb/given.ts'
import { type Cell, givenCell } from '../support/given-cell.ts'
import { configOf } from '../support/operator.ts'

const ROOT = join(import.meta.dirname, '..', '..')
let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
}, 300_000)
afterAll(() => cell?.stop())

/** The command, in a process of its own, with an operator's credentials for the cloud on this machine. */
async function orphans(...args: string[]): Promise<{ code: number | null; said: string; shown: string }> {
  const { endpointUrl, template } = cell.cloud
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_REGION: template.region,
    AWS_ACCESS_KEY_ID: 'operator',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
  const child = spawn(process.execPath, [join(ROOT, 'local', 'orphans.ts'), ...args], { cwd: ROOT, env })
  let [shown, said] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  await once(child, 'close')
  return { code: child.exitCode, said, shown }
}

test('an operator sees what does not fit, and has it put right', async () => {
  const tableName = cell.cloud.template.tables[0]?.name ?? ''
  const table = tableFor(tableOver(documentClient(new DynamoDBClient(configOf(cell.cloud))), tableName), tenantId(cell.demo.tenant_id))
  await table.update(sk.quota, { update: 'ADD nodes_used :seven', values: { ':seven': 7 } })
  const told = await orphans('--cell', 'cell-1')
  expect(told).toMatchObject({ code: 3, said: '' })
  expect(told.shown).toContain('nodes: 7 counted, 0 held; not repaired')
  expect(told.shown).toContain('0 things on AWS, 1 tenants: 1 found, 0 repaired or told to the loop')
  const repaired = await orphans('--cell', 'cell-1', '--repair')
  expect(repaired).toMatchObject({ code: 0, said: '' })
  expect(repaired.shown).toContain('nodes: 7 counted, 0 held; repaired')
  expect(await orphans('--cell', 'cell-1')).toMatchObject({ code: 0, shown: expect.stringContaining('0 found') })
})

test('what is asked in a wrong way is answered with how to ask, and changes nothing', async () => {
  expect(await orphans()).toMatchObject({ code: 1, said: expect.stringContaining('usage: npm run orphans') })
  expect(await orphans('--cell', 'cell-1', '--cluster', 'clu_x')).toMatchObject({ code: 1, said: expect.stringContaining('usage:') })
  expect(await orphans('--cell', 'cell-1', '--repair', '--cluster', 'clu_x')).toMatchObject({
    code: 1,
    said: expect.stringContaining('cell-1-orphans failed'),
  })
})
