import type { TENANT_ROUTES } from '../routes/tenants.ts'
import { type ExamplesOf, SOME } from './example.ts'

const { tenant_id } = SOME

export const TENANT_EXAMPLES: ExamplesOf<typeof TENANT_ROUTES> = {
  createTenant: { headers: { 'Idempotency-Key': 'acme' }, body: { name: 'Acme', quota: { clusters: 5 } } },
  listTenants: { query: { limit: '50' } },
  getTenant: { params: { tenant_id } },
  updateTenant: { params: { tenant_id }, body: { name: 'Acme Ltd', quota: { clusters: 10 } } },
  suspendTenant: { params: { tenant_id }, body: { reason: 'The invoice of January is not paid' } },
  resumeTenant: { params: { tenant_id } },
  deleteTenant: { params: { tenant_id }, query: { cascade: 'true' } },
  listTenantAudit: { params: { tenant_id }, query: { limit: '100' } },
  listUsage: { query: { limit: '100' } },
  listPlans: {},
  getOwnTenant: {},
}
