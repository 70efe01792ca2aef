import * as z from 'zod'
import { quotaOf } from '../../shared/clusters/quota.ts'
import { ClusterRecord } from '../../shared/clusters/record.ts'
import { KeyEntry } from '../../shared/tenants/key-record.ts'
import { TenantQuota } from '../../shared/tenants/quota-record.ts'
import type { Item } from '../support/walk.ts'

const Answer = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string(), fingerprint: z.string() })

/** The items of one tenant, by sort key. */
type Partition = Map<string, Item>

const under = (items: Partition, prefix: string): Item[] => [...items.values()].filter(({ sk }) => sk.startsWith(prefix))

function counted(items: Partition): string[] {
  const quota = items.get('QUOTA')
  if (!quota) return ['has no QUOTA']
  const { clusters_used, nodes_used, cpu_units_used, memory_mib_used, webhooks_used, keys_used } = TenantQuota.parse(quota)
  const held = under(items, 'CLUSTER#')
    .map((item) => ClusterRecord.parse(item))
    .filter(({ quota_released_at }) => quota_released_at === undefined)
    .map(({ spec }) => quotaOf(spec))
  const sum = (of: (share: (typeof held)[number]) => number): number => held.reduce((total, share) => total + of(share), 0)
  const there = {
    clusters: [clusters_used, held.length],
    nodes: [nodes_used, sum(({ nodes }) => nodes)],
    cpu_units: [cpu_units_used, sum(({ cpu_units }) => cpu_units)],
    memory_mib: [memory_mib_used, sum(({ memory_mib }) => memory_mib)],
    webhooks: [webhooks_used, under(items, 'WHK#').length],
    keys: [keys_used, under(items, 'APIKEY#').filter((item) => KeyEntry.parse(item).counted).length],
  }
  return Object.entries(there).flatMap(([name, [told, found]]) => (told === found ? [] : [`counts ${told} ${name}, and has ${found}`]))
}

/** A cluster has its latest operation, and an event for each of its versions; nothing is about a cluster that is not there. */
function clusters(items: Partition): string[] {
  const records = under(items, 'CLUSTER#').map((item) => ClusterRecord.parse(item))
  const ids = new Set(records.map(({ id }) => id))
  const wrong = records.flatMap(({ id, operation_id, version }) => [
    ...(items.has(`OP#${operation_id}`) ? [] : [`cluster ${id} has no operation ${operation_id}`]),
    ...Array.from({ length: version }, (_, i) => `EVT#${id}#${String(i + 1).padStart(10, '0')}`)
      .filter((sk) => !items.has(sk))
      .map((sk) => `cluster ${id} has no ${sk}`),
  ])
  const about = [...under(items, 'OP#'), ...under(items, 'EVT#clu_'), ...under(items, 'NODE#')]
  return [...wrong, ...about.filter(({ cluster_id }) => !ids.has(String(cluster_id))).map(({ sk }) => `${sk} is of no cluster`)]
}

/** Of a webhook that is gone they go by TTL. */
const deliveries = (items: Partition): string[] =>
  under(items, 'DLV#')
    .filter(({ webhook_id, expires }) => !items.has(`WHK#${String(webhook_id)}`) && typeof expires !== 'number')
    .map(({ sk }) => `${sk} is to no webhook, and stays`)

const answers = (items: Partition): string[] =>
  under(items, 'IDEM#').flatMap((item) => {
    const parsed = Answer.safeParse(item)
    return parsed.success && parsed.data.status < 300 ? [] : [`${item.sk} keeps no answer`]
  })

/** A key that can be looked up is shown to its tenant, and the other way round; and both say the same of when it ends. */
function keys(tenant: string, items: Partition, all: ReadonlyMap<string, Item>): string[] {
  const looked = [...all.values()].filter((item) => item.sk === 'KEY' && item.tenant_id === tenant)
  const unseen = looked.filter(({ key_id }) => !items.has(`APIKEY#${String(key_id)}`)).map(({ pk }) => `${pk} is shown to nobody`)
  const ends = (item: Item | undefined): string => JSON.stringify([item?.expires_at, item?.revoked_at])
  return [
    ...unseen,
    ...under(items, 'APIKEY#').flatMap((entry) => {
      const item = all.get(`KEY#${String(entry.id)} KEY`)
      if (!item) return [`${entry.sk} cannot be looked up`]
      return ends(item) === ends(entry) ? [] : [`${entry.sk} and the key itself end at different times`]
    }),
  ]
}

/** What is half there in a table at rest. */
export function halfWritten(items: readonly Item[]): string[] {
  const all = new Map(items.map((item) => [`${item.pk} ${item.sk}`, item]))
  const tenants = Map.groupBy(items, ({ pk }) => pk)
  return [...tenants].flatMap(([pk, own]) => {
    if (!pk.startsWith('T#ten_')) return []
    const tenant = pk.slice('T#'.length)
    const partition: Partition = new Map(own.map((item) => [item.sk, item]))
    const whole = ['TENANT', 'RATE'].filter((sk) => !partition.has(sk)).map((sk) => `has no ${sk}`)
    const listed = all.has(`T#platform TENANT#${tenant}`) ? [] : ['is in no directory']
    const found = [
      ...whole,
      ...listed,
      ...counted(partition),
      ...clusters(partition),
      ...deliveries(partition),
      ...answers(partition),
      ...keys(tenant, partition, all),
    ]
    return found.map((wrong) => `${tenant} ${wrong}`)
  })
}
