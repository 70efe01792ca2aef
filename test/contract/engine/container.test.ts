import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cluster } from 'ioredis'
import { systemClock } from '../../../shared/platform/clock.ts'
import { describeEach, type Wanted, withRing } from './kit.ts'

const CASES: Wanted[] = [
  { spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 }, network: 'own' },
  { spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 }, network: 'shared' },
  { spec: { engine: 'redis', version: '7.0', shards: 3, replicas: 0 }, network: 'shared' },
]
const DONE = { done: true, views: expect.anything() }

/** What an image of Debian has, and no more: neither curl nor wget. */
function bareTools(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringhold-tools-'))
  for (const tool of ['sh', 'bash', 'mkdir', 'sleep', 'cat', 'timeout', 'fold']) {
    symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(folder, tool))
  }
  return folder
}

await describeEach(CASES, (given) => {
  it('keeps its passwords out of arguments, environment and files', async () => {
    await withRing(given, async ({ act, ring, credentials }) => {
      expect(await act('FormRing')).toEqual(DONE)
      const secrets = [
        ...[credentials.control, credentials.replication, credentials.tenant].flatMap((pair) => [pair.current, pair.next]),
        ...(credentials.tls ? [credentials.tls.key.slice(0, 60)] : []),
      ]
      for (const { process: child } of ring.nodes) {
        const proc = `/proc/${child.pid}`
        const files = readdirSync(`${proc}/cwd`, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
        const texts = [`${proc}/environ`, `${proc}/cmdline`, ...files.map((file) => join(file.parentPath, file.name))].map((file) =>
          readFileSync(file, 'latin1'),
        )
        expect(texts.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([])
        expect(files.map((file) => file.name)).toContain('nodes.conf')
      }
    })
  })

  it('serves a cluster client, and lets a tenant empty the ring but not run it', async () => {
    await withRing(given, async ({ act, ring, credentials, as }) => {
      expect(await act('FormRing')).toEqual(DONE)
      const [first] = ring.targets()
      const client = new Cluster([{ host: first?.address ?? '', port: first?.ports.client ?? 0 }], {
        redisOptions: { password: credentials.tenant.next },
      })
      try {
        await client.set('greeting', 'hello')
        expect(await client.get('greeting')).toBe('hello')
      } finally {
        client.disconnect()
      }
      for (const command of [['CLUSTER', 'SLOTS'], ['INFO'], ['KEYS', '*'], ['FLUSHALL']]) await as('tenant', 0, ...command)
      for (const command of [
        ['CONFIG', 'GET', '*'],
        ['ACL', 'LIST'],
        ['CLUSTER', 'RESET'],
        ['CLUSTER', 'MEET', '127.0.0.1', '6379'],
        ['BGSAVE'],
        ['REPLICAOF', 'NO', 'ONE'],
        ['SHUTDOWN'],
        ['MIGRATE', 'h', '1', 'k', '0', '1'],
      ]) {
        await expect(as('tenant', 0, ...command)).rejects.toThrow('NOPERM')
      }
    })
  })

  it('stops by itself when it is asked to, as the process that was started', async () => {
    await withRing(given, async ({ ring, as }) => {
      const [node] = ring.nodes
      if (!node) throw new Error('no node')
      while (!(await as('control', 0, 'PING').catch(() => undefined))) await systemClock.sleep(10)
      expect(await as('control', 0, 'INFO', 'server')).toContain(`process_id:${node.process.pid}\r\n`)
      node.process.kill('SIGTERM')
      await node.exited
      expect(node.process.exitCode).toBe(0)
    })
  })

  it('learns its address with what the official images have', async () => {
    const tools = bareTools()
    const before = process.env.PATH
    try {
      process.env.PATH = tools
      await withRing(given, async ({ act }) => {
        expect(await act('FormRing')).toEqual(DONE)
      })
    } finally {
      process.env.PATH = before
      rmSync(tools, { recursive: true })
    }
  })
})
