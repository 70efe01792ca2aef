import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import type { RingTls } from './engine.ts'

const pem = (label: string, base64: string): string =>
  [`-----BEGIN ${label}-----`, ...(base64.match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ''].join('\n')

/** Made once for all connections to a ring: reading the key takes longer than the rest. */
const contexts = new WeakMap<RingTls, SecureContext>()

function contextOf(tls: RingTls): SecureContext {
  const known = contexts.get(tls)
  if (known) return known
  const certificate = pem('CERTIFICATE', tls.certificate)
  const made = createSecureContext({ cert: certificate, key: pem('PRIVATE KEY', tls.key), ca: certificate })
  contexts.set(tls, made)
  return made
}

/**
 * Connects to who can prove to hold exactly this certificate, and shows it in turn. Write nothing before `secureConnect`: Node judges
 * the certificate when the handshake is over, and promises nothing about what was written by then.
 */
export function connectPinned({ address, port }: { address: string; port: number }, tls: RingTls): TLSSocket {
  const wanted = Buffer.from(tls.certificate, 'base64')
  const socket = connect({
    host: address,
    port,
    secureContext: contextOf(tls),
    rejectUnauthorized: true,
    // Nodes have no names. Being signed by the ring's key is not enough: it is the ring's certificate or none.
    checkServerIdentity: (_host, { raw }) => (wanted.equals(raw) ? undefined : new Error('another certificate')),
  })
  return socket.once('connect', () => socket.setNoDelay(true))
}

/** For people: OpenSSL names its source files. Others than those of a handshake are as they were. */
export function handshakeError(error: unknown, { authorizationError }: TLSSocket): unknown {
  const code = Error.isError(error) && 'code' in error ? String(error.code) : ''
  const failed = authorizationError || code === 'EPROTO' || code.startsWith('ERR_SSL_')
  return failed ? new Error('what answers there does not show the certificate of the ring', { cause: error }) : error
}
