import * as z from 'zod'
import { COUNTED, type Quota, type Usage } from '../contract/quota.ts'
import { sk } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'

const count = z.int()

/** `QUOTA`: what a tenant uses and what it may use. */
export const TenantQuota = z.object({
  clusters_used: count,
  clusters_limit: count,
  nodes_used: count,
  nodes_limit: count,
  cpu_units_used: count,
  cpu_units_limit: count,
  memory_mib_used: count,
  memory_mib_limit: count,
  webhooks_used: count,
  webhooks_limit: count,
  keys_used: count,
  keys_limit: count,
  /** Told here; `RATE` is what holds it. */
  requests_per_second_limit: count,
})
export type TenantQuota = z.infer<typeof TenantQuota>

const limitsIn = (quota: Quota): Record<string, number> =>
  Object.fromEntries([...COUNTED, 'requests_per_second' as const].map((name) => [`${name}_limit`, quota[name]]))

export const newQuota = (quota: Quota): TenantQuota =>
  TenantQuota.parse({ ...limitsIn(quota), ...Object.fromEntries(COUNTED.map((name) => [`${name}_used`, 0])) })

export const quotaWith = (before: TenantQuota, quota: Quota): TenantQuota => ({ ...before, ...limitsIn(quota) })

export const usageOf = (quota: TenantQuota): Usage => ({
  clusters: quota.clusters_used,
  nodes: quota.nodes_used,
  cpu_units: quota.cpu_units_used,
  memory_mib: quota.memory_mib_used,
  webhooks: quota.webhooks_used,
  keys: quota.keys_used,
})

export const limitsOf = (quota: TenantQuota): Quota => ({
  clusters: quota.clusters_limit,
  nodes: quota.nodes_limit,
  cpu_units: quota.cpu_units_limit,
  memory_mib: quota.memory_mib_limit,
  webhooks: quota.webhooks_limit,
  keys: quota.keys_limit,
  requests_per_second: quota.requests_per_second_limit,
})

/** Of a tenant that is being deleted: nothing may come to it any more, not by a request that was let in before either. */
export const NOTHING: Quota = { clusters: 0, nodes: 0, cpu_units: 0, memory_mib: 0, webhooks: 0, keys: 0, requests_per_second: 1 }

/**
 * Sets the limits, and leaves what is counted.
 * @param clusters holds only while so many clusters are counted
 */
export function setLimits(quota: Quota, clusters?: number): Write {
  const limits = Object.entries(limitsIn(quota)).map(([name, limit]) => [`:${name}`, limit])
  return {
    kind: 'update',
    sk: sk.quota,
    update: `SET ${Object.keys(limitsIn(quota))
      .map((name) => `${name} = :${name}`)
      .join(', ')}`,
    condition: clusters === undefined ? 'attribute_exists(sk)' : 'clusters_used = :clusters',
    values: { ...Object.fromEntries(limits), ...(clusters === undefined ? {} : { ':clusters': clusters }) },
  }
}
