import type { Attempt, AttemptError } from '../contract/delivery.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import type { Post, PostAnswer } from './post.ts'
import type { DeliveryRecord, WebhookRecord } from './record.ts'
import type { WebhookSecrets } from './secret.ts'
import { signedHeaders } from './sign.ts'
import type { TargetPolicy } from './target.ts'
import { liveVersions } from './view.ts'

export interface AttemptDeps {
  clock: Clock
  webhookSecrets: WebhookSecrets
  targetPolicy: TargetPolicy
  post: Post
}

/** The table does not keep the order of a map's keys; a body that is sent again should be the same to the byte. */
const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** The same at every attempt. Thin on purpose: whoever wants the state of now asks the API. */
export function deliveryBody({ event }: Pick<DeliveryRecord, 'event'>): string {
  const data = { ...event.data, cluster_id: event.cluster_id, webhook_id: event.webhook_id, sequence: event.sequence }
  return JSON.stringify({ type: event.type, timestamp: event.created_at, data }, inOrder)
}

type Sent = { answer: PostAnswer; secretVersions: number[] }
const unsent = (error: AttemptError): Sent => ({ answer: { error }, secretVersions: [] })

async function send(deps: AttemptDeps, webhook: WebhookRecord, delivery: DeliveryRecord): Promise<Sent> {
  if (deps.targetPolicy.check(webhook.url) !== undefined) return unsent('target_refused')
  const url = new URL(webhook.url)
  const resolution = await deps.targetPolicy.resolve(url.hostname)
  if ('refused' in resolution) return unsent(resolution.refused)
  const [address] = resolution.addresses
  if (address === undefined) return unsent('name_not_resolved')
  const body = deliveryBody(delivery)
  const sentAt = deps.clock.now()
  const secretVersions = liveVersions(webhook, sentAt)
  const secrets = await Promise.all(secretVersions.map((version) => deps.webhookSecrets.read(webhook.id, version)))
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Ringhold-Webhooks/1.0',
    // The event's id: stable over all attempts and webhooks, so that a receiver can tell what it has seen.
    ...signedHeaders({ id: delivery.event.id, sentAt, body }, secrets),
  }
  return { answer: await deps.post({ url, address, headers, body }), secretVersions }
}

/** Sends once, and says how it went. Rejects only when it is our own part that failed. */
export async function attempt(
  deps: AttemptDeps,
  webhook: WebhookRecord,
  delivery: DeliveryRecord,
): Promise<{ attempt: Attempt; retryAfter?: string }> {
  const started = deps.clock.now()
  const { answer, secretVersions } = await send(deps, webhook, delivery)
  const common = { at: isoTime(started), duration_ms: deps.clock.now() - started, secret_versions: secretVersions }
  if ('error' in answer) return { attempt: { ...common, outcome: 'failure', error: answer.error } }
  const success = answer.status >= 200 && answer.status < 300
  return {
    attempt: { ...common, outcome: success ? 'success' : 'failure', status: answer.status, answer: answer.answer },
    ...(answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter }),
  }
}
