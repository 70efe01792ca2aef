import * as z from 'zod'
import { Id, Time } from './ids.ts'
import { DisplayName, DisplayText } from './names.ts'
import { Quota, QuotaChanges, QuotaName, QuotaOverrides, Usage } from './quota.ts'

const PlanName = z.string().min(1).max(63).meta({
  description:
    'One of GET /v1/plans. Its limits are taken over now: what the plan is changed to later reaches a tenant when it is next changed',
})

export const TenantCreate = z.strictObject({
  name: DisplayName,
  plan: PlanName.optional(),
  quota: QuotaOverrides.optional().meta({ description: 'Where the tenant’s limits differ from its plan’s' }),
})
export type TenantCreate = z.infer<typeof TenantCreate>

/** What is left out stays as it is. */
export const TenantUpdate = z.strictObject({
  name: DisplayName.optional(),
  plan: PlanName.optional(),
  quota: QuotaChanges.optional().meta({ description: 'A limit of its own for the tenant, or null for that of its plan' }),
})
export type TenantUpdate = z.infer<typeof TenantUpdate>

export const TenantSuspend = z.strictObject({
  reason: DisplayText(256).optional().meta({ description: 'Told to the tenant' }),
})
export type TenantSuspend = z.infer<typeof TenantSuspend>

/** `deleting`: its clusters go first. `deleted`: kept for thirty days. */
export const TenantState = z.enum(['active', 'suspended', 'deleting', 'deleted'])

export const Tenant = z.object({
  id: Id('tenant'),
  name: z.string(),
  state: TenantState,
  suspended_reason: z.string().optional(),
  plan: z.string(),
  quota: Quota,
  overridden: z.array(QuotaName).meta({ description: 'The limits of `quota` that are the tenant’s own; the others are its plan’s' }),
  usage: Usage,
  created_at: Time,
  updated_at: Time,
  deleted_at: Time.optional(),
})
export type Tenant = z.infer<typeof Tenant>

/** One tenant's line in the usage of all. */
export const TenantUsage = z.object({
  tenant_id: Id('tenant'),
  name: z.string(),
  state: TenantState,
  plan: z.string(),
  usage: Usage,
  quota: Quota,
})
export type TenantUsage = z.infer<typeof TenantUsage>
