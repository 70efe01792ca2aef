import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:tls'
import { selfSigned } from '../../../shared/platform/certificate.ts'

const NOW = Date.UTC(2026, 0, 31)
const pem = ({ certificate, key }: ReturnType<typeof selfSigned>) => ({
  cert: new X509Certificate(Buffer.from(certificate, 'base64')).toString(),
  key: createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }),
})

it('is signed by its own key, an authority for itself, from yesterday on and without an end', () => {
  const identity = selfSigned('clu_1', NOW)
  const certificate = new X509Certificate(Buffer.from(identity.certificate, 'base64'))
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.checkPrivateKey(createPrivateKey(pem(identity).key))).toBe(true)
  expect(certificate).toMatchObject({ subject: 'CN=clu_1', issuer: 'CN=clu_1', ca: true })
  expect([certificate.validFromDate, certificate.validToDate]).toEqual([new Date('2026-01-30T00:00:00Z'), new Date('9999-12-31T23:59:59Z')])
})

it('has a serial number of its own, and a key', () => {
  const many = Array.from({ length: 50 }, () => selfSigned('clu_1', NOW))
  expect(new Set(many.map(({ certificate }) => new X509Certificate(Buffer.from(certificate, 'base64')).serialNumber)).size).toBe(50)
  expect(new Set(many.map(({ key }) => key)).size).toBe(50)
})

it('lets in who has the same, in both directions, and no other', async () => {
  const [ours, others] = [pem(selfSigned('clu_1', NOW)), pem(selfSigned('clu_1', NOW))]
  const server = createServer({ ...ours, ca: ours.cert, requestCert: true, rejectUnauthorized: true }, (socket) => socket.end('in'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const said = async (identity: typeof ours, ca: string): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port, ...identity, ca, checkServerIdentity: () => undefined })
    let text = ''
    socket.on('data', (chunk) => (text += String(chunk)))
    return new Promise((resolve) => {
      socket.once('error', () => resolve('refused'))
      socket.once('close', () => resolve(text || 'refused'))
    })
  }
  try {
    expect(await said(ours, ours.cert)).toBe('in')
    expect(await said(others, ours.cert)).toBe('refused')
    expect(await said(ours, others.cert)).toBe('refused')
  } finally {
    server.close()
  }
})
