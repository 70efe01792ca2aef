import * as z from 'zod'
import { generateCredentials, parseCredentials, renderCredentials } from '../../../shared/engines/credentials.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { issueTenantKey } from '../../../shared/tenants/keys.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { DeliveryRecord, EventItem } from '../../../shared/webhooks/record.ts'
import { type Api, AZS, givenCluster, givenRecord } from './given.ts'

/** A tenant that has one of everything. */
export interface World {
  id: string
  /** May do everything in the tenant. */
  key: string
  /** By path parameter: what the tenant has. The key is another than its own. */
  ids: Record<string, string>
  /** All that was shown once, or to be kept from others. */
  secrets: string[]
}

const Item = z.looseObject({ pk: z.string(), sk: z.string() })
const Made = z.object({ id: z.string() })
const Webhook = Made.extend({ secret: z.string() })

/** The tenant's items whose sort keys begin so. */
export const itemsOf = async (api: Api, tenant: string, prefix: string): Promise<z.infer<typeof Item>[]> =>
  z.array(Item).parse((await tableFor(api.deps, tenantId(tenant)).query({ prefix })).items)

/** Does what the stream's consumer would do: the feed has the events, and webhooks their deliveries. */
export async function published(api: Api, tenant: string): Promise<void> {
  const deps = { ...api.deps, queue: { send: async () => undefined } }
  for (const item of await itemsOf(api, tenant, 'EVT#')) {
    if (!('feed_sequence' in item)) await publish(deps, EventItem.parse(item))
  }
}

async function givenNode(api: Api, tenant: string, cluster: string): Promise<void> {
  const now = isoTime(api.deps.clock.now())
  const place = { az: AZS[0], task_arn: 'arn:task', host: 'i-0', address: '127.64.0.1' }
  const who = { tenant_id: tenant, cluster_id: cluster, id: api.deps.newId('node'), ordinal: 0, shard: 0, role: 'primary' }
  const item = {
    ...who,
    ...place,
    attempt: 1,
    request: '{}',
    ports: { client: 6379, peers: 6379, bus: 16379 },
    created_at: now,
    updated_at: now,
  }
  await tableFor(api.deps, tenantId(tenant)).put(sk.node(cluster, 0), item)
}

/** A cluster that serves, without nodes that run. */
export async function givenReady(api: Api, tenant: string, key: string, body: object = {}) {
  const made = await givenCluster(api, key, body)
  const parameter = `/cell-1/${made.id}`
  const credentials = renderCredentials(generateCredentials(api.deps.random))
  api.secrets.set(parameter, credentials)
  await givenRecord(api, tenant, made.id, {
    state: 'ready',
    ready_at: isoTime(api.deps.clock.now()),
    resources: { credentials_parameter: parameter },
  })
  await givenNode(api, tenant, made.id)
  return { ...made, password: parseCredentials(credentials).tenant.current }
}

/** Says that its first delivery is over. */
async function overDelivery(api: Api, tenant: string): Promise<string> {
  const [item] = await itemsOf(api, tenant, 'DLV#')
  if (!item) throw new Error('nothing was published')
  await tableFor(api.deps, tenantId(tenant)).update(item.sk, {
    update: 'SET #state = :failed REMOVE next_attempt_at, due_pk, due_at',
    names: { '#state': 'state' },
    values: { ':failed': 'failed' },
  })
  return DeliveryRecord.parse(item).id
}

/** @param body of its cluster */
export async function givenWorld(api: Api, body: object = {}): Promise<World> {
  const { id } = await api.tenant()
  const tenant = tenantId(id)
  const { key } = await issueTenantKey(api.deps, tenant, { scopes: ['admin'] })
  const other = await issueTenantKey(api.deps, tenant, { name: 'another' })
  const webhook = Webhook.parse((await api.send('POST', '/v1/webhooks', { key, body: { url: 'https://hooks.example.com/' } })).body)
  const cluster = await givenReady(api, id, key, body)
  await published(api, id)
  const delivery = await overDelivery(api, id)
  return {
    id,
    key,
    ids: {
      tenant_id: id,
      key_id: other.id,
      cluster_id: cluster.id,
      operation_id: cluster.operation,
      webhook_id: webhook.id,
      delivery_id: delivery,
    },
    secrets: [key, other.key, webhook.secret, cluster.password],
  }
}

/** The path with these ids in it. @throws for a parameter that no world has */
export function pathWith(path: string, ids: Record<string, string>): string {
  return path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const id = ids[name]
    if (id === undefined) throw new Error(`no world has a ${name}: give it one in given-world.ts`)
    return id
  })
}
