import { issuerKeys } from '../../../shared/tenants/issuer-keys.ts'
import * as jose from '../../../shared/tenants/jose.ts'
import { fetchLoopback, givenIssuer, type Signer, signer } from './given-issuer.ts'

let issuer: Awaited<ReturnType<typeof givenIssuer>>
let old: Signer
let fresh: Signer
beforeAll(async () => {
  issuer = await givenIssuer()
  old = await signer('ES256', 'old')
  fresh = await signer('ES256', 'fresh')
})
afterAll(() => issuer.stop())
beforeEach(() => {
  Object.assign(issuer.state, { keys: [old.jwk], asked: [], failing: false, claims: 'itself' })
})

const MINUTE = 60_000
function given() {
  const clock = { at: 1_900_000_000_000, now: () => clock.at, sleep: async () => {} }
  const lookup = issuerKeys(jose, { clock, fetchJson: fetchLoopback }, issuer.url, `${issuer.url}/keys`)
  const find = (kid: string) => lookup({ alg: 'ES256', kid }, { payload: '', signature: '' })
  return { clock, find }
}
const UNAVAILABLE = { code: 'unavailable', headers: { 'retry-after': '5' } }
const UNKNOWN = { code: 'ERR_JWKS_NO_MATCHING_KEY' }

describe('the keys of an issuer', () => {
  it('are asked for once, by however many at a time', async () => {
    const { find } = given()
    await Promise.all(Array.from({ length: 20 }, () => find('old')))
    await find('old')
    expect(issuer.state.asked).toEqual(['/keys'])
  })

  it('may change: a key that is new is asked for, one that is gone is not taken for long', async () => {
    const { clock, find } = given()
    await find('old')
    issuer.state.keys = [fresh.jwk]
    clock.at += MINUTE
    await find('fresh')
    expect(issuer.state.asked).toHaveLength(2)
    clock.at += 11 * MINUTE
    await expect(find('old')).rejects.toMatchObject(UNKNOWN)
  })

  it('that are made up do not have it asked again and again', async () => {
    const { clock, find } = given()
    await find('old')
    clock.at += MINUTE
    for (let i = 0; i < 50; i += 1) {
      await expect(find(`made-up-${i}`)).rejects.toMatchObject(UNKNOWN)
      clock.at += 500
    }
    expect(issuer.state.asked).toHaveLength(2)
  })

  it('are out of reach with an issuer that is down, which is then asked every five seconds at most', async () => {
    const { clock, find } = given()
    issuer.state.failing = true
    for (let i = 0; i < 10; i += 1) {
      await expect(find('old')).rejects.toMatchObject(UNAVAILABLE)
      clock.at += 1_000
    }
    expect(issuer.state.asked).toHaveLength(2)
    issuer.state.failing = false
    clock.at += 5_000
    await find('old')
  })

  it('are good for an hour while it is down, but an unknown one is neither taken nor refused', async () => {
    const { clock, find } = given()
    await find('old')
    issuer.state.failing = true
    clock.at += 50 * MINUTE
    await find('old')
    await expect(find('fresh')).rejects.toMatchObject(UNAVAILABLE)
    clock.at += 11 * MINUTE
    await expect(find('old')).rejects.toMatchObject(UNAVAILABLE)
  })

  it('are found where the issuer says they are, if it says of itself who it is', async () => {
    const { clock } = given()
    const lookup = () =>
      issuerKeys(jose, { clock, fetchJson: fetchLoopback }, issuer.url)({ alg: 'ES256', kid: 'old' }, { payload: '', signature: '' })
    await lookup()
    expect(issuer.state.asked).toEqual(['/.well-known/openid-configuration', '/keys'])
    issuer.state.claims = 'https://other.example.com'
    await expect(lookup()).rejects.toMatchObject(UNAVAILABLE)
  })

  it.each(['http://login.example.com/keys', 'file:///etc/passwd', 'http://169.254.169.254/latest/meta-data/'])(
    'are never asked for at %s in production',
    async (uri) => {
      const { overHttps } = await import('../../../shared/platform/fetch-json.ts')
      await expect(overHttps(uri)).rejects.toThrow(/may not be asked/)
    },
  )
})
