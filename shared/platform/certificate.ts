import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** Both in base64 without line ends: the certificate in DER (X.509), its key in DER (PKCS #8). */
export interface Identity {
  certificate: string
  key: string
}

/** One element of DER (ITU-T X.690): a tag, the length of what follows, and that. */
function element(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...content: Uint8Array[]): Buffer => element(0x30, ...content)
const oid = (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex'))
/** Whole bytes: no bit of the last one is unused. */
const bits = (content: Uint8Array): Buffer => element(0x03, Buffer.from([0]), content)
const TRUE = element(0x01, Buffer.from([0xff]))

const VERSION_3 = element(0xa0, element(0x02, Buffer.from([2])))
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'))
const COMMON_NAME = oid('550403')
/** Critical: a certificate that signs itself is its own authority. */
const IS_AUTHORITY = sequence(oid('551d13'), TRUE, element(0x04, sequence(TRUE)))
/** RFC 5280, 4.1.2.5: of a certificate without an end. */
const NEVER = element(0x18, Buffer.from('99991231235959Z'))

const name = (commonName: string): Buffer => sequence(element(0x31, sequence(COMMON_NAME, element(0x0c, Buffer.from(commonName)))))
/** RFC 5280, 4.1.2.5: years before 2050 have two digits. */
const utcTime = (epochMs: number): Buffer =>
  element(
    0x17,
    Buffer.from(
      new Date(epochMs)
        .toISOString()
        .slice(2)
        .replaceAll(/[-:T]|\.\d+/g, ''),
    ),
  )

/** Of 16 bytes, positive, and never with a zero in front. */
function serial(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return element(0x02, bytes)
}

/**
 * A new key (P-256) with a certificate that it signed itself and that never ends: all nodes of one ring carry it, and trust nothing
 * else. The libraries that make certificates come with a container of dependencies injected by decorators; this is the one shape needed.
 * @param from epoch milliseconds; a day earlier is where it begins, for clocks that are behind
 */
export function selfSigned(commonName: string, from: number): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const content = sequence(
    VERSION_3,
    serial(),
    ECDSA_WITH_SHA256,
    name(commonName),
    sequence(utcTime(from - 86_400_000), NEVER),
    name(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(IS_AUTHORITY)),
  )
  const certificate = sequence(content, ECDSA_WITH_SHA256, bits(sign('sha256', content, privateKey)))
  return {
    certificate: certificate.toString('base64'),
    key: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  }
}
