import type { Actor } from '../../shared/contract/audit.ts'
import type { KeyCreate, KeyRotate, KeyWithSecret } from '../../shared/contract/key.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import type { PageRequest } from '../../shared/platform/listing.ts'
import { type TenantId, tenantId } from '../../shared/platform/table.ts'
import type { TableDeps } from '../../shared/platform/tenant-table.ts'
import { keyService } from '../../shared/tenants/key-service.ts'
import type { KeyDeps } from '../../shared/tenants/new-key.ts'
import { type Answer, empty, json, resource } from '../edge/answer.ts'
import { listed } from '../edge/listing.ts'
import { type Request, tenantOperation } from '../edge/operation.ts'

/** Where the keys are that a request is about, and who asks. */
interface Place {
  tenant: TenantId
  by: Actor
  /** The path of the list. */
  list: string
}
type Change = Pick<Request, 'change'>

/** What both kinds of route do: a tenant with its own keys, the platform with those of a tenant. */
function keyAnswers(deps: KeyDeps & TableDeps) {
  const keys = keyService(deps)
  /** The stored answer is without the secret. */
  const made = ({ list }: Place) => {
    const answer = (key: object & { id: string }): Answer => json(201, key, { location: `${list}/${key.id}`, 'cache-control': 'no-store' })
    return [answer, ({ key: _secret, ...key }: KeyWithSecret) => answer(key)] as const
  }
  return {
    create: (place: Place, { change }: Change, body: KeyCreate) =>
      change((act) => keys.create(place.tenant, body, place.by, act), ...made(place)),
    rotate: (place: Place, { change }: Change, id: string, body: KeyRotate) =>
      change((act) => keys.rotate(place.tenant, id, body, place.by, act), ...made(place)),
    revoke: ({ tenant }: Place, { change }: Change, id: string) =>
      change(
        (act) => keys.revoke(tenant, id, act),
        () => empty(204),
      ),
    get: async (tenant: TenantId, id: string) => resource(await keys.get(tenant, id)),
    list: (tenant: TenantId) => (page: PageRequest) => keys.list(tenant, page),
  }
}

function ownKeyOperations(deps: KeyDeps & TableDeps) {
  const keys = keyAnswers(deps)
  const placeOf = ({ tenant, caller }: { tenant: TenantId; caller: { actor: Actor } }): Place => ({
    ...{ tenant, by: caller.actor },
    list: '/v1/keys',
  })
  return {
    createKey: tenantOperation(ROUTES.createKey, (request) => keys.create(placeOf(request), request, request.body)),
    listKeys: tenantOperation(ROUTES.listKeys, (request) => listed(request, keys.list(request.tenant))),
    getKey: tenantOperation(ROUTES.getKey, ({ tenant, params }) => keys.get(tenant, params.key_id)),
    rotateKey: tenantOperation(ROUTES.rotateKey, (request) => keys.rotate(placeOf(request), request, request.params.key_id, request.body)),
    revokeKey: tenantOperation(ROUTES.revokeKey, (request) => keys.revoke(placeOf(request), request, request.params.key_id)),
  }
}

export function keyOperations(deps: KeyDeps & TableDeps) {
  const keys = keyAnswers(deps)
  const placeOf = ({ params, caller }: { params: { tenant_id: string }; caller: { actor: Actor } }): Place => ({
    ...{ tenant: tenantId(params.tenant_id), by: caller.actor },
    list: `/v1/tenants/${params.tenant_id}/keys`,
  })
  return {
    ...ownKeyOperations(deps),
    createTenantKey: tenantOperation(ROUTES.createTenantKey, (request) => keys.create(placeOf(request), request, request.body)),
    listTenantKeys: tenantOperation(ROUTES.listTenantKeys, (request) => listed(request, keys.list(placeOf(request).tenant))),
    getTenantKey: tenantOperation(ROUTES.getTenantKey, (request) => keys.get(placeOf(request).tenant, request.params.key_id)),
    rotateTenantKey: tenantOperation(ROUTES.rotateTenantKey, (request) =>
      keys.rotate(placeOf(request), request, request.params.key_id, request.body),
    ),
    revokeTenantKey: tenantOperation(ROUTES.revokeTenantKey, (request) => keys.revoke(placeOf(request), request, request.params.key_id)),
  }
}
