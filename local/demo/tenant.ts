import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { KeyWithSecret } from '../../shared/contract/key.ts'
import { Tenant } from '../../shared/contract/tenant.ts'
import { WebhookWithSecret } from '../../shared/contract/webhook.ts'
import { type Api, type ApiOptions, ApiProblem, api } from './api.ts'

/** Who the demo is, kept beside the cloud's data so that a restart comes back as the same tenant. */
const Demo = z.object({
  platform_key: z.string(),
  tenant_id: z.string(),
  key: z.string(),
  webhook_id: z.string(),
  webhook_secret: z.string(),
  receiver_port: z.int(),
  /** Idempotency key of the ring's POST, so that a start that was cut short never asks for a second ring. */
  ring_key: z.string(),
  cluster_id: z.string().optional(),
  /** The demo's keys were written into the ring: they must be there from now on. */
  written: z.boolean().default(false),
})
export type Demo = z.infer<typeof Demo>

export function readDemo(file: string): Demo | undefined {
  return existsSync(file) ? Demo.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

/** In one step: whenever this process ends, there is one state or the other. */
export function writeDemo(file: string, demo: Demo): void {
  writeFileSync(`${file}.new`, JSON.stringify(demo, undefined, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

interface Receiving {
  url: string
}

async function makeWebhook(tenant: Api, receiver: Receiving): Promise<Pick<Demo, 'webhook_id' | 'webhook_secret' | 'receiver_port'>> {
  const webhook = await tenant.call('POST', '/v1/webhooks', WebhookWithSecret, { url: receiver.url })
  return { webhook_id: webhook.id, webhook_secret: webhook.secret, receiver_port: Number(new URL(receiver.url).port) }
}

/** Makes a tenant, its key and its webhook, each by the API call a platform would make. */
export async function makeTenant(apiUrl: string, platformKey: string, receiver: Receiving, options: ApiOptions = {}): Promise<Demo> {
  const platform = api(apiUrl, platformKey, options)
  const tenant = await platform.call('POST', '/v1/tenants', Tenant, { name: 'demo' })
  const key = await platform.call('POST', `/v1/tenants/${tenant.id}/keys`, KeyWithSecret, {
    name: 'demo',
    scopes: ['read', 'write', 'credentials'],
  })
  return {
    platform_key: platformKey,
    tenant_id: tenant.id,
    key: key.key,
    ...(await makeWebhook(api(apiUrl, key.key, options), receiver)),
    ring_key: crypto.randomUUID(),
    written: false,
  }
}

/** The receiver had to move, since somebody else took its port: a webhook's URL is for good, so there is a new one. */
export async function moveWebhook(tenant: Api, demo: Demo, receiver: Receiving): Promise<Demo> {
  if (receiver.url.includes(`:${demo.receiver_port}/`)) return demo
  await tenant.call('DELETE', `/v1/webhooks/${demo.webhook_id}`, z.unknown()).catch((error: unknown) => {
    if (!(error instanceof ApiProblem && error.status === 404)) throw error
  })
  return { ...demo, ...(await makeWebhook(tenant, receiver)) }
}
