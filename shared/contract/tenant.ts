import * as z from 'zod'
import { Id, Time } from './ids.ts'
import { DisplayName } from './names.ts'

/** What a tenant may use at once. Memory is that of all nodes together. */
export const Quota = z.object({ clusters: z.int(), nodes: z.int(), memory_mib: z.int(), webhooks: z.int() })
export type Quota = z.infer<typeof Quota>

export const DEFAULT_QUOTA: Quota = { clusters: 20, nodes: 200, memory_mib: 64 * 1024, webhooks: 10 }

const limit = (fallback: number) => z.int().min(0).max(10_000_000).optional().meta({ default: fallback })

export const TenantCreate = z.strictObject({
  name: DisplayName,
  quota: z
    .strictObject({
      clusters: limit(DEFAULT_QUOTA.clusters),
      nodes: limit(DEFAULT_QUOTA.nodes),
      memory_mib: limit(DEFAULT_QUOTA.memory_mib),
      webhooks: limit(DEFAULT_QUOTA.webhooks),
    })
    .optional(),
})
export type TenantCreate = z.infer<typeof TenantCreate>

/** `deleting`: its clusters go first. */
export const TenantState = z.enum(['active', 'suspended', 'deleting', 'deleted'])

export const Tenant = z.object({ id: Id('tenant'), name: z.string(), state: TenantState, quota: Quota, created_at: Time })
export type Tenant = z.infer<typeof Tenant>
