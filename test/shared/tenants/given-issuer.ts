import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { jsonFetcher } from '../../../shared/platform/fetch-json.ts'

type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'
export type Signer = Awaited<ReturnType<typeof signer>>

/** A key pair, and its public half as an issuer shows it. */
export async function signer(alg: Algorithm, kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  return { alg, kid, jwk, privateKey, publicKey }
}

/** An issuer of its own on a port of this machine, which really is asked over HTTP. */
export async function givenIssuer() {
  const state = { keys: [] as object[], asked: [] as string[], failing: false, silent: false, claims: 'itself' }
  const server = createServer((request, response) => {
    state.asked.push(request.url ?? '')
    if (state.silent) return
    if (state.failing) return void response.writeHead(500).end()
    const says = state.claims === 'itself' ? url : state.claims
    const documents: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer: says, jwks_uri: `${url}/keys` },
      '/keys': { keys: state.keys },
    }
    const document = documents[request.url ?? '']
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(document ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url, state, stop }
}

/** What production asks, but on this machine too. */
export const fetchLoopback = jsonFetcher((url) => url.protocol === 'https:' || url.hostname === '127.0.0.1')

export const AUDIENCE = 'ringhold'

/** A token as the issuer would make it; `claims` that are undefined are left out. */
export function token(by: Signer, issuer: string, now: number, claims: object = {}, header: object = {}): Promise<string> {
  const seconds = Math.floor(now / 1000)
  const whole = { iss: issuer, aud: AUDIENCE, sub: 'user-1', exp: seconds + 300, ...claims }
  return new SignJWT(whole).setProtectedHeader({ alg: by.alg, kid: by.kid, ...header }).sign(by.privateKey)
}
