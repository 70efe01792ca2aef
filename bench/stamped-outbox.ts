/** What functions/outbox gets in the bench: it prints when it was handed an event, and is otherwise as deployed. */
import { readEnv } from '../shared/platform/env.ts'
import type { TenantId } from '../shared/platform/table.ts'
import { tableClients } from '../shared/platform/tenant-clients.ts'

const documentsFor = tableClients().under(readEnv('outbox').TENANT_ROLE_ARN)

export const deps = {
  documentsFor: (tenant: TenantId) => {
    console.log(JSON.stringify({ handed_at: performance.timeOrigin + performance.now() }))
    return documentsFor(tenant)
  },
}
