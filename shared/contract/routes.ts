import type { Route } from './route.ts'
import { AUDIT_ROUTES } from './routes/audit.ts'
import { CLUSTER_ROUTES } from './routes/clusters.ts'
import { DELIVERY_ROUTES } from './routes/deliveries.ts'
import { EVENT_ROUTES } from './routes/events.ts'
import { KEY_ROUTES } from './routes/keys.ts'
import { OPERATION_ROUTES } from './routes/operations.ts'
import { SERVICE_ROUTES } from './routes/service.ts'
import { TENANT_ROUTES } from './routes/tenants.ts'
import { WEBHOOK_ROUTES } from './routes/webhooks.ts'

/** The API, row by row: router, types and the OpenAPI document come from here and nowhere else. */
export const ROUTES = {
  ...TENANT_ROUTES,
  ...KEY_ROUTES,
  ...CLUSTER_ROUTES,
  ...OPERATION_ROUTES,
  ...EVENT_ROUTES,
  ...WEBHOOK_ROUTES,
  ...DELIVERY_ROUTES,
  ...AUDIT_ROUTES,
  ...SERVICE_ROUTES,
} as const satisfies Record<string, Route>

export type OperationId = keyof typeof ROUTES
