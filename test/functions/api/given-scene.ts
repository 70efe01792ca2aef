import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { throttled, transactionConflict } from '../../../local/dynamodb/faults.ts'
import { type Api, givenApi, type Reply, type Sent } from './given.ts'
import { givenWorld, type World } from './given-world.ts'

const ISSUER = 'https://id.example.com'
type Trouble = 'throttled' | 'in flight' | 'broken'

/** A tenant that has one of everything, and what can go wrong around it. */
export interface Scene {
  api: Api
  world: World
  /** As the tenant, unless `sent` says otherwise. */
  ask(method: string, path: string, sent?: Sent): Promise<Reply>
  asPlatform(method: string, path: string, body?: unknown): Promise<Reply>
  /** With a signed token of the tenant's that ends so many seconds from now. */
  askByToken(seconds: number): Promise<Reply>
  /** Everything is slow or broken while this is asked. */
  during(trouble: Trouble, ask: () => Promise<Reply>): Promise<Reply>
  /** So many seconds later. */
  later(seconds: number, ask: () => Promise<Reply>): Promise<Reply>
}

async function givenSigner() {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'EdDSA' }
  const sign = (tenant: string, from: number, to: number): Promise<string> =>
    new SignJWT({ tenant, scope: 'read' })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'one' })
      .setIssuer(ISSUER)
      .setAudience('ringhold')
      .setSubject('robot')
      .setIssuedAt(from)
      .setExpirationTime(to)
      .sign(privateKey)
  return { keys: async () => ({ keys: [jwk] }), sign }
}

/** The API with an issuer of tokens, and a table that fails when told to. */
export async function givenScenes(): Promise<{ scene(): Promise<Scene>; stop(): Promise<void> }> {
  let trouble: Trouble | undefined
  const clock = { offset: 0, now: () => Date.now() + clock.offset, sleep: async () => {} }
  const { keys, sign } = await givenSigner()
  const issuer = {
    issuer: ISSUER,
    audience: 'ringhold',
    jwks_uri: `${ISSUER}/keys`,
    tenant_claim: 'tenant',
    scopes_claim: 'scope',
    platform: false,
  }
  const openApi = async () => {
    if (trouble === 'broken') throw new TypeError('the disk is gone')
    return '{}'
  }
  const api = await givenApi(
    { clock, issuers: [issuer], fetchJson: keys, openApi },
    {
      next: (operation) => {
        if (trouble === 'throttled') return throttled()
        return trouble === 'in flight' && operation === 'TransactWriteItems' ? transactionConflict('last') : undefined
      },
    },
  )
  async function scene(): Promise<Scene> {
    const world = await givenWorld(api)
    const ask: Scene['ask'] = (method, path, sent = {}) => api.send(method, path, { key: world.key, ...sent })
    return {
      api,
      world,
      ask,
      asPlatform: (method, path, body) => api.send(method, path, { key: api.platformKey, ...(body === undefined ? {} : { body }) }),
      askByToken: async (seconds) => {
        const now = Math.floor(clock.now() / 1000)
        return ask('GET', '/v1/clusters', { key: await sign(world.id, now - 3_600, now + seconds) })
      },
      during: (how, asked) => {
        trouble = how
        return asked().finally(() => {
          trouble = undefined
        })
      },
      later: (seconds, asked) => {
        clock.offset += seconds * 1000
        return asked().finally(() => {
          clock.offset -= seconds * 1000
        })
      },
    }
  }
  return { scene, stop: api.stop }
}
