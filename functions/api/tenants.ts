import { ROUTES } from '../../shared/contract/routes.ts'
import { type TenantDeps, tenantService } from '../../shared/tenants/service.ts'
import type { Shown } from '../../shared/tenants/view.ts'
import { type Answer, resource } from '../edge/answer.ts'
import { isMatched } from '../edge/etags.ts'
import { assertTags } from '../edge/if-match.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'

/** Begins with the version of what can be changed, so that If-Match holds while no more than the usage is another. */
function shown({ tenant, version }: Shown, status = 200, headers: Record<string, string> = {}): Answer {
  const answer = resource(tenant, headers)
  return { ...answer, status, headers: { ...answer.headers, etag: answer.headers.etag?.replace('"', `"${version}.`) ?? '' } }
}

/** The version that a change expects, whatever was used since it was seen: `"7.ab12"` expects the seventh. */
function versionExpected(header: string | undefined): (version: number) => boolean {
  assertTags(header)
  return (version) => isMatched(header?.replaceAll(/"(\d+)\.[^"]*"/g, '"$1"'), `"${version}"`)
}

/** Reading, by the platform and, of itself, by a tenant. */
function readingOperations(deps: TenantDeps) {
  const tenants = tenantService(deps)
  return {
    listTenants: tenantOperation(ROUTES.listTenants, (request) => listed(request, tenants.list)),
    getTenant: tenantOperation(ROUTES.getTenant, async ({ params }) => shown(await tenants.get(params.tenant_id))),
    listTenantAudit: tenantOperation(ROUTES.listTenantAudit, (request) =>
      listed(request, (page) => tenants.audit(request.params.tenant_id, page)),
    ),
    listUsage: tenantOperation(ROUTES.listUsage, (request) => listed(request, tenants.usage)),
    listPlans: tenantOperation(ROUTES.listPlans, async () => resource({ items: tenants.plans() })),
    getOwnTenant: tenantOperation(ROUTES.getOwnTenant, async ({ tenant }) => shown(await tenants.get(tenant))),
  }
}

export function tenantOperations(deps: TenantDeps) {
  const tenants = tenantService(deps)
  return {
    ...readingOperations(deps),
    createTenant: tenantOperation(ROUTES.createTenant, ({ body, change }) =>
      change<Shown>(
        (act) => tenants.create(body, act),
        (made) => shown(made, 201, { location: `/v1/tenants/${made.tenant.id}` }),
      ),
    ),
    updateTenant: tenantOperation(ROUTES.updateTenant, ({ params, body, header, change }) => {
      const expects = versionExpected(header('if-match'))
      return change((act) => tenants.update(params.tenant_id, body, expects, act), shown)
    }),
    suspendTenant: tenantOperation(ROUTES.suspendTenant, ({ params, body, change }) =>
      change((act) => tenants.suspend(params.tenant_id, body, act), shown),
    ),
    resumeTenant: tenantOperation(ROUTES.resumeTenant, ({ params, change }) =>
      change((act) => tenants.resume(params.tenant_id, act), shown),
    ),
    deleteTenant: tenantOperation(ROUTES.deleteTenant, ({ params, query, change }) =>
      change<Shown>(
        (act) => tenants.remove(params.tenant_id, { cascade: query.cascade === 'true' }, act),
        (removed) => shown(removed, 202),
      ),
    ),
  }
}
