import { type AuditDeps, auditService } from '../audit/service.ts'
import type { AuditEntry } from '../contract/audit.ts'
import type { Plan } from '../contract/plan.ts'
import type { Tenant, TenantCreate, TenantUsage } from '../contract/tenant.ts'
import type { Act } from '../idempotency/act.ts'
import type { PageOf, PageRequest } from '../platform/listing.ts'
import { type TenantId, tenantId } from '../platform/table.ts'
import { type ChangeDeps, noSuchTenant, tenantChanges } from './change.ts'
import { type CreateDeps, createTenant } from './create.ts'
import { type RemoveDeps, removeTenant } from './remove.ts'
import { tenantStore } from './store.ts'
import { type Seen, type Shown, shown, usageLine } from './view.ts'

export type TenantDeps = CreateDeps & ChangeDeps & RemoveDeps & AuditDeps

async function existing(deps: TenantDeps, tenant: TenantId): Promise<Seen> {
  const seen = await tenantStore(deps).look(tenant)
  if (!seen) throw noSuchTenant(tenant)
  return seen
}

/** What the platform does with tenants, and what a tenant sees of itself. Refusals are AppErrors. */
export const tenantService = (deps: TenantDeps) => ({
  ...tenantChanges(deps),
  create: (body: TenantCreate, act?: Act<Shown>) => createTenant(deps, body, act),
  remove: (id: string, how: { cascade: boolean }, act?: Act<Shown>) => removeTenant(deps, id, how, act),
  get: async (id: string): Promise<Shown> => shown(await existing(deps, tenantId(id))),
  /** Newest first, without the deleted ones. */
  list: async (page: PageRequest): Promise<PageOf<Tenant>> => {
    const found = await tenantStore(deps).list(page)
    return { ...found, items: found.items.map((seen) => shown(seen).tenant) }
  },
  /** What each uses, in the same order. */
  usage: async (page: PageRequest): Promise<PageOf<TenantUsage>> => {
    const found = await tenantStore(deps).list(page)
    return { ...found, items: found.items.map(usageLine) }
  },
  audit: async (id: string, page: PageRequest): Promise<PageOf<AuditEntry>> => {
    const [, trail] = await Promise.all([existing(deps, tenantId(id)), auditService(deps).list(tenantId(id), page, 'platform')])
    return trail
  },
  plans: (): readonly Plan[] => deps.plans,
})
