import { COUNTED } from '../contract/quota.ts'
import type { Tenant, TenantUsage } from '../contract/tenant.ts'
import { limitsOf, type TenantQuota, usageOf } from './quota-record.ts'
import type { TenantRecord } from './record.ts'

/** A tenant as its items have it. */
export interface Seen {
  record: TenantRecord
  quota: TenantQuota
}

/** As the outside sees it. The version tells whether its record has changed; what it uses changes without. */
export interface Shown {
  tenant: Tenant
  version: number
}

const NAMES = [...COUNTED, 'requests_per_second'] as const

export function shown({ record, quota }: Seen): Shown {
  const { overrides, version, due_pk: _pk, due_at: _at, keys_after: _after, expires: _expires, ...told } = record
  const tenant = {
    ...told,
    quota: limitsOf(quota),
    overridden: NAMES.filter((name) => overrides[name] !== undefined),
    usage: usageOf(quota),
  }
  return { tenant, version }
}

export const usageLine = ({ record: { id, name, state, plan }, quota }: Seen): TenantUsage => ({
  ...{ tenant_id: id, name, state, plan },
  usage: usageOf(quota),
  quota: limitsOf(quota),
})
