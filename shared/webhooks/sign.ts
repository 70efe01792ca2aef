import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

const signature = (secret: string, content: string): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .update(content)
    .digest('base64')}`

/**
 * The three headers of https://www.standardwebhooks.com: one signature by secret, so that a receiver may hold either
 * while a secret is rotated. `sentAt` in epoch milliseconds: the moment of this attempt, which receivers compare with their clock.
 */
export function signedHeaders(message: { id: string; sentAt: number; body: string }, secrets: string[]): Record<string, string> {
  const timestamp = String(Math.floor(message.sentAt / 1000))
  const content = `${message.id}.${timestamp}.${message.body}`
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => signature(secret, content)).join(' '),
  }
}
