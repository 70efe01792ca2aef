import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Cloud } from '../../local/cloud.ts'
import { Tenant } from '../../shared/contract/tenant.ts'
import { givenCloud, tenantApi } from '../support/given-cell.ts'

const ROOT = join(import.meta.dirname, '..', '..')
let cloud: Cloud
beforeAll(async () => {
  cloud = await givenCloud()
}, 300_000)
afterAll(() => cloud?.stop())

/** The command, in a process of its own, with an operator's credentials for the cloud on this machine. */
async function platformKey(...args: string[]): Promise<{ code: number | null; said: string; shown: string }> {
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: cloud.endpointUrl,
    AWS_REGION: cloud.template.region,
    AWS_ACCESS_KEY_ID: 'operator',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_MAX_ATTEMPTS: '1',
  }
  const child = spawn(process.execPath, [join(ROOT, 'local', 'platform-key.ts'), ...args], { cwd: ROOT, env })
  let shown = ''
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (shown += chunk))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk))
  await once(child, 'close')
  return { code: child.exitCode, said, shown }
}

test('an operator makes the first platform key, with which tenants are made', async () => {
  const { code, said, shown } = await platformKey('--table', 'cell-1', '--name', 'first')
  expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/^Made platform key key_\w{26} in table cell-1\./) })
  expect(shown).toMatch(/^rgh_live_\S+\n$/)
  const tenant = await tenantApi(cloud.apiUrl, shown.trim()).call('POST', '/v1/tenants', Tenant, { name: 'acme' })
  expect(tenant).toMatchObject({ name: 'acme', state: 'active' })
})

test.each([
  { args: [], says: /^usage: npm run platform-key -- --table/ },
  { args: ['--tabel', 'cell-1'], says: /--tabel/ },
  { args: ['--table', 'cell-9'], says: /not found|non-existent/i },
])('$args is refused with what is wrong, and shows no key', async ({ args, says }) => {
  expect(await platformKey(...args)).toEqual({ code: 1, said: expect.stringMatching(says), shown: '' })
})

test('an operator sees which platform keys there are and ends one, from the next request on', async () => {
  const made = await platformKey('--table', 'cell-1', '--name', 'lost laptop')
  const [, id = ''] = /platform key (key_\w+)/.exec(made.said) ?? []
  const ask = () => fetch(`${cloud.apiUrl}/v1/plans`, { headers: { authorization: `Bearer ${made.shown.trim()}` } })
  expect((await ask()).status).toBe(200)
  const line = new RegExp(`^${id}  active   made \\S+Z  last used \\S+:00:00.000Z  lost laptop$`, 'm')
  expect(await platformKey('--table', 'cell-1', '--list')).toEqual({ code: 0, said: '', shown: expect.stringMatching(line) })
  expect(await platformKey('--table', 'cell-1', '--revoke', id)).toMatchObject({ code: 0, said: expect.stringContaining(id) })
  expect(await (await ask()).json()).toMatchObject({ status: 401, code: 'key_revoked' })
  expect((await platformKey('--table', 'cell-1', '--list')).shown).toMatch(new RegExp(`^${id}  revoked`, 'm'))
  expect(await platformKey('--table', 'cell-1', '--revoke', 'key_none')).toMatchObject({ code: 1, said: 'There is no key key_none\n' })
})
