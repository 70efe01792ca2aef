import type { KeyWithSecret } from '../../shared/contract/key.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import { type TenantDeps, tenantService } from '../../shared/tenants/service.ts'
import { json, resource } from '../edge/answer.ts'
import { operation } from '../edge/operation.ts'

export function tenantOperations(deps: TenantDeps) {
  const tenants = tenantService(deps)
  return {
    createTenant: operation(ROUTES.createTenant, ({ body, change }) =>
      change(
        (act) => tenants.create(body, act),
        (tenant) => ({ ...resource(tenant), status: 201 }),
      ),
    ),
    createKey: operation(ROUTES.createKey, ({ params, body, change }) =>
      change(
        (act) => tenants.createKey(params.tenant_id, body, act),
        (made) => json(201, made),
        ({ key: _secret, ...made }: KeyWithSecret) => json(201, made),
      ),
    ),
  }
}
