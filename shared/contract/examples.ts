import { AUDIT_EXAMPLES } from './examples/audit.ts'
import { CLUSTER_EXAMPLES } from './examples/clusters.ts'
import { DELIVERY_EXAMPLES } from './examples/deliveries.ts'
import { EVENT_EXAMPLES } from './examples/events.ts'
import type { Example } from './examples/example.ts'
import { KEY_EXAMPLES } from './examples/keys.ts'
import { OPERATION_EXAMPLES } from './examples/operations.ts'
import { SERVICE_EXAMPLES } from './examples/service.ts'
import { TENANT_EXAMPLES } from './examples/tenants.ts'
import { WEBHOOK_EXAMPLES } from './examples/webhooks.ts'
import type { OperationId } from './routes.ts'

/** One request for each row of the route table. The description shows them, and a test sends each. */
export const EXAMPLES: Record<OperationId, Example> = {
  ...TENANT_EXAMPLES,
  ...KEY_EXAMPLES,
  ...CLUSTER_EXAMPLES,
  ...OPERATION_EXAMPLES,
  ...EVENT_EXAMPLES,
  ...WEBHOOK_EXAMPLES,
  ...DELIVERY_EXAMPLES,
  ...AUDIT_EXAMPLES,
  ...SERVICE_EXAMPLES,
}
