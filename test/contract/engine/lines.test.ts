import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import vm from 'node:vm'
import { expect, test } from '@jest/globals'
import { Cluster } from 'ioredis'
import { engineOf } from '../../../shared/engines/index.ts'
import type { EngineSpec } from '../../../shared/engines/specs.ts'
import { describeEach, type Subject, type Wanted, withRing } from './kit.ts'

const run = promisify(execFile)
const CASES: Wanted[] = [
  { spec: { engine: 'valkey', version: '8.1', shards: 3, replicas: 0 }, network: 'own' },
  { spec: { engine: 'valkey', version: '8.1', shards: 3, replicas: 0 }, network: 'shared' },
  { spec: { engine: 'redis', version: '7.0', shards: 3, replicas: 0 }, network: 'shared' },
]
const CLI = { valkey: 'valkey-cli', redis: 'redis-cli' }

/** What a tenant would be told of that ring; this machine resolves no names of the cell. */
const lineOf = ({ ring, credentials }: Subject, spec: EngineSpec, client: string): string => {
  const told = engineOf(spec).connection({
    nodes: ring.nodes.map(({ address, ports }) => ({ address, port: ports.client })),
    password: credentials.tenant.current,
  })
  const line = told.clients.find((each) => each.client === client)
  if (!line) throw new Error(`there is no line for ${client}`)
  return line.code
}

await describeEach(CASES, (given) => {
  const { spec, path } = given
  test('takes what its own client and ioredis write and read by the lines that a tenant is told', async () => {
    await withRing(given, async (subject) => {
      expect((await subject.converge(false)).formed).toBe(true)
      const shell = lineOf(subject, spec, CLI[spec.engine])
      expect(shell.slice(shell.indexOf(CLI[spec.engine]))).not.toContain(subject.credentials.tenant.current)
      const env = { PATH: `${path}:${process.env.PATH}` }
      // Slots of all three nodes: only who follows redirections reaches them.
      for (const key of ['a', 'b', 'c']) {
        const { stdout } = await run('sh', ['-c', `${shell} SET ${key} 'by ${key}'`], { env })
        expect(stdout).toContain('OK')
      }
      const ring = vm.runInNewContext(lineOf(subject, spec, 'ioredis'), { Cluster })
      if (!(ring instanceof Cluster)) throw new Error('the line makes no cluster')
      try {
        expect(await Promise.all(['a', 'b', 'c'].map((key) => ring.get(key)))).toEqual(['by a', 'by b', 'by c'])
      } finally {
        ring.disconnect()
      }
    })
  })
})
