import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import vm from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { connection } from '../../../shared/engines/redis/connection.ts'

const told = (password: string) =>
  connection({ nodes: ['10.0.0.1', '10.0.0.2'].map((address) => ({ address, port: 6379 })), name: 'clu.cell.internal', password })
const codeOf = (client: string, password: string): string => told(password).clients.find((each) => each.client === client)?.code ?? ''

/** What nobody generates, but would break a line that is not escaped. */
const NASTY = [`it's`, `"quoted"`, 'back\\slash', '$(id)`id`$HOME', 'a b\tc', '%41@:/?#[]', 'ключ🔑', '\x24{x}', '\\u0041', "'; rm -rf / #"]

describe('connection', () => {
  it('names the cluster first, then every node, and hands out the tenant’s user', () => {
    const { endpoints, username, uris } = told('secret')
    expect(endpoints.map((e) => `${e.host}:${e.port}`)).toEqual(['clu.cell.internal:6379', '10.0.0.1:6379', '10.0.0.2:6379'])
    expect(username).toBe('default')
    expect(uris.map(({ uri }) => uri)).toEqual(['redis://default:secret@clu.cell.internal:6379'])
  })

  it('has a line for each of the usual clients, to the name that outlives the addresses', () => {
    const { clients } = told('secret')
    expect(clients.map(({ client }) => client)).toEqual(
      expect.arrayContaining([
        'valkey-cli',
        'redis-cli',
        'redis-py',
        'ioredis',
        'node-redis',
        'go-redis',
        'Jedis',
        'Lettuce',
        'StackExchange.Redis',
        'redis-rs',
      ]),
    )
    for (const { code } of clients) expect([code.includes('clu.cell.internal'), code.includes('10.0.0.1')]).toEqual([true, false])
  })

  it('is a URI that gives user and password back, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom(...NASTY)), (password) => {
        fc.pre(password.isWellFormed())
        const uri = new URL(told(password).uris[0]?.uri ?? '')
        expect([uri.hostname, uri.port, uri.username, decodeURIComponent(uri.password)]).toEqual([
          'clu.cell.internal',
          '6379',
          'default',
          password,
        ])
      }),
    )
  })
})

describe('a line', () => {
  let bin = ''
  beforeAll(() => {
    bin = mkdtempSync(join(tmpdir(), 'ringhold-lines-'))
    for (const program of ['redis-cli', 'valkey-cli']) {
      writeFileSync(join(bin, program), '#!/bin/sh\nprintf "%s\\n" "$REDISCLI_AUTH" "$*"\n')
      chmodSync(join(bin, program), 0o755)
    }
  })
  afterAll(() => rmSync(bin, { recursive: true, force: true }))

  it.each(NASTY)('of a shell gives the password %s to the program, and to no argument', (password) => {
    for (const program of ['redis-cli', 'valkey-cli']) {
      const out = execFileSync('sh', ['-c', codeOf(program, password)], { env: { PATH: `${bin}:/usr/bin:/bin` }, encoding: 'utf8' })
      expect(out).toBe(`${password}\n-c -h clu.cell.internal -p 6379 --user default\n`)
    }
  })

  it('of JavaScript says the password, whatever it is', () => {
    class Cluster {
      readonly given: unknown[]
      constructor(...given: unknown[]) {
        this.given = given
      }
    }
    const createCluster = (given: unknown): unknown => given
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...NASTY)), (password) => {
        const run = (client: string): unknown =>
          JSON.parse(JSON.stringify(vm.runInNewContext(codeOf(client, password), { Cluster, createCluster })))
        expect(run('ioredis')).toEqual({
          given: [[{ host: 'clu.cell.internal', port: 6379 }], { redisOptions: { username: 'default', password } }],
        })
        expect(run('node-redis')).toEqual({
          rootNodes: [{ url: 'redis://clu.cell.internal:6379' }],
          defaults: { username: 'default', password },
        })
      }),
    )
  })

  it.each(['go-redis', 'Jedis', 'Lettuce', 'StackExchange.Redis', 'redis-py'])('of %s is one whose quotes all close', (client) => {
    for (const password of NASTY) {
      const literals = codeOf(client, password).match(/"(?:[^"\\]|\\.)*"/g) ?? []
      expect(literals.map((literal): unknown => JSON.parse(literal))).toContain(password)
      expect(codeOf(client, password).replaceAll(/"(?:[^"\\]|\\.)*"/g, '')).not.toContain('"')
    }
  })
})
