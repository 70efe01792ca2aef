import { AuditEntry } from '../audit.ts'
import { listOf, PageQuery } from '../pagination.ts'
import { type Route, route } from '../route.ts'

/** The row about the audit trail. */
export const AUDIT_ROUTES = {
  listAudit: route({
    operationId: 'listAudit',
    tag: 'Audit',
    summary: 'Read who changed what, and who read secrets, newest first; with a platform key, what the platform did outside tenants',
    method: 'GET',
    path: '/v1/audit',
    scope: 'admin',
    platformToo: true,
    query: PageQuery,
    status: 200,
    response: listOf(AuditEntry),
  }),
} as const satisfies Record<string, Route>
