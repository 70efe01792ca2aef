import { auditEntry, auditService } from '../shared/audit/service.ts'
import { assertActive } from '../shared/tenants/active.ts'
import { authenticator } from '../shared/tenants/authenticate.ts'
import { keyUse } from '../shared/tenants/key-use.ts'
import { rateLimiter } from '../shared/tenants/rate-limit.ts'
import { type ApiDeps, apiDeps } from './api/deps.ts'
import { apiOperations } from './api/rows.ts'
import { type EdgeDeps, httpHandler } from './edge/http.ts'

export function createHandler(overrides: Partial<ApiDeps> = {}) {
  const deps = apiDeps(overrides)
  const limiter = rateLimiter(deps)
  const authenticate = authenticator(deps)
  const noteUse = keyUse(deps)
  const edge: EdgeDeps = {
    ...deps,
    authenticate: async (authorization) => {
      const caller = await authenticate(authorization)
      await noteUse(caller)
      return caller
    },
    takeToken: limiter.take,
    exhausted: limiter.exhausted,
    assertActive: (tenant) => assertActive(deps, tenant),
    audit: { entry: (tenant, deed) => auditEntry(deps, tenant, deed), note: auditService(deps).note },
  }
  return httpHandler(edge, Object.values(apiOperations(deps)))
}

export const handler = createHandler()
