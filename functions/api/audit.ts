import { type AuditDeps, auditService } from '../../shared/audit/service.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'

export const auditOperations = (deps: AuditDeps) => ({
  listAudit: tenantOperation(ROUTES.listAudit, (request) =>
    listed(request, (page) => auditService(deps).list(request.tenant, page, request.caller.kind)),
  ),
})
