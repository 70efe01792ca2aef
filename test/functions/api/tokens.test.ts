import { createHmac } from 'node:crypto'
import { exportSPKI, UnsecuredJWT } from 'jose'
import { keyIdOf } from '../../../shared/tenants/token.ts'
import { AUDIENCE, fetchLoopback, givenIssuer, type Signer, signer, token } from '../../shared/tenants/given-issuer.ts'
import { type Api, givenApi, SMALL } from './given.ts'

const clock = { offset: 0, now: () => Date.now() + clock.offset, sleep: async () => {} }
let api: Api
let issuer: Awaited<ReturnType<typeof givenIssuer>>
let platformIssuer: Awaited<ReturnType<typeof givenIssuer>>
let tenant: { id: string; key: string }
const signers: Record<string, Signer> = {}

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
const of = (name: string): Signer => {
  const found = signers[name]
  if (!found) throw new Error(`there is no signer ${name}`)
  return found
}
beforeAll(async () => {
  ;[issuer, platformIssuer] = await Promise.all([givenIssuer(), givenIssuer()])
  for (const alg of ALGORITHMS) signers[alg] = await signer(alg, `key-${alg}`)
  signers.stranger = await signer('ES256', 'key-ES256')
  issuer.state.keys = ALGORITHMS.map((alg) => of(alg).jwk)
  platformIssuer.state.keys = [of('EdDSA').jwk]
  const claims = { audience: AUDIENCE, tenant_claim: 'https://ringhold/tenant', scopes_claim: 'scope' }
  const issuers = [
    { issuer: issuer.url, ...claims, platform: false },
    { issuer: platformIssuer.url, ...claims, scopes_claim: 'roles', platform: true },
  ]
  api = await givenApi({ clock, issuers, fetchJson: fetchLoopback })
  tenant = await api.tenant()
})
afterAll(async () => {
  await api.stop()
  await Promise.all([issuer.stop(), platformIssuer.stop()])
})
/** A bucket whose clock goes back is empty for as long. */
afterEach(async () => {
  if (clock.offset === 0) return
  clock.offset = 0
  tenant = await api.tenant()
})

const made = (claims: object = {}, header: object = {}, by = of('ES256')) =>
  token(by, issuer.url, clock.now(), { 'https://ringhold/tenant': tenant.id, scope: 'read write', ...claims }, header)
const list = (bearer: string) => api.send('GET', '/v1/clusters', { key: bearer })
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a signed token', () => {
  it.each(ALGORITHMS)('of an issuer of the cell is taken, signed with %s', async (alg) => {
    expect((await list(await made({}, {}, of(alg)))).status).toBe(200)
  })

  it('acts for its tenant, with its scopes, and is told by its subject', async () => {
    const bearer = await made({ scope: 'read write openid made-up' })
    expect((await api.send('GET', '/v1/tenant', { key: bearer })).body).toMatchObject({ id: tenant.id })
    expect((await api.send('POST', '/v1/clusters', { key: bearer, body: SMALL })).status).toBe(202)
    const refused = await api.send('GET', '/v1/audit', { key: bearer })
    expect(refused.body).toMatchObject({ code: 'insufficient_scope', scope: 'admin' })
    const { text } = await api.send('GET', '/v1/audit', { key: await made({ scope: 'admin' }) })
    expect(JSON.parse(text).items[0]).toMatchObject({
      action: 'createCluster',
      actor: { type: 'token', id: `${issuer.url}#user-1`, platform: false },
    })
  })

  it.each([
    ['a list', ['read', 7, 'write']],
    ['one string', 'read'],
  ])('may name its scopes in %s', async (_form, scope) => {
    expect((await list(await made({ scope }))).status).toBe(200)
  })

  it.each([['none'], [['platform']], [{ read: true }], [undefined]])('with the scopes %j may do nothing', async (scope) => {
    const reply = await list(await made({ scope }))
    expect(reply.body).toMatchObject({ status: 403, code: 'insufficient_scope' })
  })

  it('makes nobody the platform, whose own issuer does', async () => {
    const claims = { roles: ['platform'], scope: 'platform admin' }
    const ours = await token(of('EdDSA'), platformIssuer.url, clock.now(), claims)
    expect((await api.send('GET', '/v1/tenants', { key: ours })).status).toBe(200)
    const theirs = await made(claims)
    expect((await api.send('GET', '/v1/tenants', { key: theirs })).body).toMatchObject({ code: 'insufficient_scope' })
  })

  it('of a suspended tenant reads, and of one that goes does nothing', async () => {
    const other = await api.tenant()
    const bearer = await made({ 'https://ringhold/tenant': other.id })
    const change = (path: string) => api.send('POST', `/v1/tenants/${other.id}/${path}`, { key: api.platformKey, body: {} })
    await change('suspend')
    expect((await list(bearer)).status).toBe(200)
    expect((await api.send('POST', '/v1/clusters', { key: bearer, body: SMALL })).body).toMatchObject({ code: 'tenant_suspended' })
    await api.send('DELETE', `/v1/tenants/${other.id}`, { key: api.platformKey })
    expect((await list(bearer)).body).toMatchObject({ status: 401, code: 'invalid_token' })
  })
})

const seconds = (): number => Math.floor(clock.now() / 1000)
const hostile: [string, () => Promise<string>][] = [
  ['another key under the name of a good one', () => made({}, {}, of('stranger'))],
  ['no signature at all', async () => new UnsecuredJWT({ iss: issuer.url, aud: AUDIENCE, sub: 'x', exp: seconds() + 60 }).encode()],
  ['a signature cut off', async () => (await made()).replace(/\.[^.]*$/, '.')],
  [
    'a changed payload',
    async () => {
      const [header, , signature] = (await made()).split('.')
      return `${header}.${base64({ iss: issuer.url, aud: AUDIENCE, sub: 'x', exp: seconds() + 60, scope: 'admin' })}.${signature}`
    },
  ],
  [
    'the public key taken for a shared secret',
    async () => {
      const start = `${base64({ alg: 'HS256', kid: 'key-RS256' })}.${(await made()).split('.')[1]}`
      const mac = createHmac('sha256', await exportSPKI(of('RS256').publicKey)).update(start)
      return `${start}.${mac.digest('base64url')}`
    },
  ],
  ['an algorithm that is not the key’s', () => made({}, { kid: 'key-RS256' })],
  ['a key of its own in the header', () => made({}, { kid: 'mine', jwk: of('stranger').jwk }, of('stranger'))],
  ['a place of its own for keys', () => made({}, { kid: 'mine', jku: 'http://127.0.0.1:1/keys' }, of('stranger'))],
  ['a path for a key id', () => made({}, { kid: '../../../../dev/null' }, of('stranger'))],
  ['an object for a key id', async () => `${base64({ alg: 'ES256', kid: { $ne: 1 } })}.${(await made()).split('.').slice(1).join('.')}`],
  ['an extension that must be understood', async () => `${base64({ alg: 'ES256', kid: 'key-ES256', crit: ['b64'], b64: false })}.e30.AA`],
  ['another audience', () => made({ aud: 'other' })],
  ['no audience', () => made({ aud: undefined })],
  ['an issuer of another cell', () => made({ iss: 'https://login.example.com' })],
  ['the issuer with a slash', () => made({ iss: `${issuer.url}/` })],
  ['no issuer', () => made({ iss: undefined })],
  ['no end', () => made({ exp: undefined })],
  ['a beginning to come', () => made({ nbf: seconds() + 120 })],
  ['no subject', () => made({ sub: undefined })],
  ['half a character in its subject', () => made({ sub: 'x\ud800' })],
  ['an endless subject', () => made({ sub: 'x'.repeat(300) })],
  ['no tenant', () => made({ 'https://ringhold/tenant': undefined })],
  ['a tenant that is not there', () => made({ 'https://ringhold/tenant': 'ten_00000000000000000000000000' })],
  ['the platform’s partition for a tenant', () => made({ 'https://ringhold/tenant': 'platform' })],
  ['a list for a tenant', () => made({ 'https://ringhold/tenant': [tenant.id] })],
  ['too much in it', () => made({ padding: 'x'.repeat(20_000) })],
  ['nothing that is JSON', async () => 'e30.bm90IGpzb24.AAAA'],
  ['nothing in it', async () => '..'.padStart(3, 'a').padEnd(5, 'a')],
]

describe('a token with', () => {
  it.each(hostile)('%s is refused', async (_name, forge) => {
    const bearer = await forge()
    const reply = await list(bearer)
    expect(reply.status).toBe(401)
    expect(reply.body).toMatchObject({ code: expect.stringMatching(/^invalid_(token|key)$/) })
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer realm="ringhold", error="invalid_token"/)
    expect(reply.text).not.toContain(bearer)
    expect(JSON.stringify(api.log)).not.toContain(bearer)
  })

  it('a past end is told so, a minute after it, since clocks differ', async () => {
    const bearer = await made({ exp: seconds() + 10 })
    clock.offset = 60_000
    expect((await list(bearer)).status).toBe(200)
    clock.offset = 71_000
    const reply = await list(bearer)
    expect(reply.body).toMatchObject({ status: 401, code: 'token_expired' })
    expect(reply.headers['www-authenticate']).toContain('error="invalid_token"')
  })

  it('a beginning less than a minute ahead is taken', async () => {
    expect((await list(await made({ nbf: seconds() + 50 }))).status).toBe(200)
  })

  it('the form of a key stays a key, and asks no issuer', async () => {
    const before = issuer.state.asked.length
    expect(keyIdOf(tenant.key)).toMatch(/^key_/)
    expect((await list(tenant.key)).status).toBe(200)
    expect(issuer.state.asked).toHaveLength(before)
  })

  it('an issuer that is down can be neither taken nor refused', async () => {
    issuer.state.failing = true
    clock.offset = 2 * 3_600_000
    const reply = await list(await made())
    issuer.state.failing = false
    expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body: { code: 'unavailable', retryable: true } })
  })
})
