import fc from 'fast-check'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { signedHeaders } from '../../../shared/webhooks/sign.ts'

const secretOf = (bytes: Uint8Array) => `whsec_${Buffer.from(bytes).toString('base64')}`
const secrets = fc.uint8Array({ minLength: 24, maxLength: 64 }).map(secretOf)
const ids = fc.stringMatching(/^evt_[0-9a-z]{26}$/)

describe('the signature', () => {
  it('is what an independent implementation of Standard Webhooks verifies', () => {
    fc.assert(
      fc.property(ids, fc.object(), secrets, (id, payload, secret) => {
        const body = JSON.stringify(payload)
        const headers = signedHeaders({ id, sentAt: Date.now(), body }, [secret])
        expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
      }),
    )
  })

  it('verifies with either of two live secrets', () => {
    fc.assert(
      fc.property(secrets, secrets, (older, newer) => {
        const headers = signedHeaders({ id: 'evt_1', sentAt: Date.now(), body: '{}' }, [older, newer])
        for (const secret of [older, newer]) expect(new Webhook(secret).verify('{}', headers)).toEqual({})
      }),
    )
  })

  it('is refused when id, moment or body are others than those signed', () => {
    const secret = secretOf(Buffer.alloc(32, 7))
    const headers = signedHeaders({ id: 'evt_1', sentAt: Date.now(), body: '{}' }, [secret])
    const verify = (body: string, changed: Record<string, string>) => () => new Webhook(secret).verify(body, { ...headers, ...changed })
    const later = String(Number(headers['webhook-timestamp']) + 1)
    expect(verify('{ }', {})).toThrow(WebhookVerificationError)
    expect(verify('{}', { 'webhook-id': 'evt_2' })).toThrow(WebhookVerificationError)
    expect(verify('{}', { 'webhook-timestamp': later })).toThrow(WebhookVerificationError)
  })
})
