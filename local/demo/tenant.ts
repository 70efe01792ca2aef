import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { KeyWithSecret } from '../../shared/contract/key.ts'
import { Tenant } from '../../shared/contract/tenant.ts'
import { WebhookWithSecret } from '../../shared/contract/webhook.ts'
import { api } from './api.ts'

/** Who the demo is, kept beside the cloud's data so that a restart comes back as the same tenant. */
const Demo = z.object({
  platform_key: z.string(),
  tenant_id: z.string(),
  key: z.string(),
  webhook_secret: z.string(),
  receiver_port: z.int(),
  cluster_id: z.string().optional(),
})
export type Demo = z.infer<typeof Demo>

export function readDemo(file: string): Demo | undefined {
  return existsSync(file) ? Demo.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

export const writeDemo = (file: string, demo: Demo): void => writeFileSync(file, JSON.stringify(demo, undefined, 2), { mode: 0o600 })

/** Makes a tenant, its key and its webhook, each by the API call a platform would make. */
export async function makeTenant(apiUrl: string, platformKey: string, receiver: { url: string }): Promise<Demo> {
  const platform = api(apiUrl, platformKey)
  const tenant = await platform.call('POST', '/v1/tenants', Tenant, { name: 'demo' })
  const key = await platform.call('POST', `/v1/tenants/${tenant.id}/keys`, KeyWithSecret, {
    name: 'demo',
    scopes: ['read', 'write', 'credentials'],
  })
  const webhook = await api(apiUrl, key.key).call('POST', '/v1/webhooks', WebhookWithSecret, { url: receiver.url })
  return {
    platform_key: platformKey,
    tenant_id: tenant.id,
    key: key.key,
    webhook_secret: webhook.secret,
    receiver_port: Number(new URL(receiver.url).port),
  }
}
