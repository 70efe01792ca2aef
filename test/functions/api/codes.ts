import type { ErrorCode } from '../../../shared/contract/errors.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { issueTenantKey } from '../../../shared/tenants/keys.ts'
import { givenCluster, type Reply, SMALL } from './given.ts'
import type { Scene } from './given-scene.ts'

type Provoked = (scene: Scene) => Promise<Reply>

const create =
  (change: object, headers: Record<string, string> = {}) =>
  (scene: Scene) =>
    scene.ask('POST', '/v1/clusters', { body: { ...SMALL, ...change }, headers })
const raw =
  (body: string, headers: Record<string, string> = {}) =>
  (scene: Scene) =>
    scene.ask('POST', '/v1/clusters', { body, headers })
const authorized = (authorization: string) => (scene: Scene) => scene.api.send('GET', '/v1/clusters', { headers: { authorization } })
const own = (path: string, { world }: Scene): string => path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => world.ids[name] ?? '')
const to = (method: string, path: string, body?: object, headers?: Record<string, string>) => (scene: Scene) =>
  scene.ask(method, own(path, scene), { ...(body ? { body } : {}), ...(headers ? { headers } : {}) })
/** The answer to the last of them. */
const after =
  (...steps: Provoked[]): Provoked =>
  async (scene) => {
    const replies = []
    for (const step of steps) replies.push(await step(scene))
    return replies.at(-1) ?? Promise.reject(new Error('there was no step'))
  }
/** The first answer that is a refusal. */
const untilRefused =
  (step: Provoked): Provoked =>
  async (scene) => {
    for (let asked = 0; asked < 100; asked += 1) {
      const reply = await step(scene)
      if (reply.status >= 400) return reply
    }
    throw new Error('never refused')
  }
const byPlatform = (method: string, path: string, body?: object) => (scene: Scene) => scene.asPlatform(method, own(path, scene), body)

const twoAtOnce = byPlatform('PATCH', '/v1/tenants/{tenant_id}', { quota: { requests_per_second: 1 } })
const list = to('GET', '/v1/clusters')

/** For each code a way to get it, as a caller gets it. The compiler asks for a new one. */
export const CODES: Record<ErrorCode, Provoked> = {
  invalid_request: create({ size: undefined, nothing: 1 }),
  invalid_json: raw('{'),
  unknown_field: create({ nothing: 1 }),
  missing_field: create({ size: undefined }),
  invalid_type: create({ shards: '3' }),
  invalid_value: create({ durability: 'eternal' }),
  out_of_range: create({ shards: 2 }),
  invalid_cursor: (scene) => scene.ask('GET', '/v1/clusters', { query: { cursor: 'x' } }),
  invalid_idempotency_key: create({}, { 'idempotency-key': 'é' }),
  invalid_header: to('PATCH', '/v1/clusters/{cluster_id}', { name: 'a' }, { 'if-match': 'x' }),

  not_authenticated: (scene) => scene.api.send('GET', '/v1/clusters'),
  invalid_key: authorized('Bearer rgh_live_x'),
  key_expired: async (scene) => {
    const expires_at = new Date(scene.api.deps.clock.now() + 60_000).toISOString()
    const { key } = await issueTenantKey(scene.api.deps, tenantId(scene.world.id), { expires_at })
    return scene.later(61, () => scene.ask('GET', '/v1/clusters', { key }))
  },
  key_revoked: async (scene) => {
    const { id, key } = await issueTenantKey(scene.api.deps, tenantId(scene.world.id), {})
    await scene.ask('DELETE', `/v1/keys/${id}`)
    return scene.ask('GET', '/v1/clusters', { key })
  },
  invalid_token: authorized('Bearer a.b.c'),
  token_expired: (scene) => scene.askByToken(-120),
  insufficient_scope: to('GET', '/v1/tenants'),
  tenant_suspended: after(byPlatform('POST', '/v1/tenants/{tenant_id}/suspend', {}), create({})),
  quota_exceeded: after(byPlatform('PATCH', '/v1/tenants/{tenant_id}', { quota: { clusters: 1 } }), create({})),

  not_found: to('GET', '/v1/clusters/clu_00000000000000000000000000'),
  route_not_found: to('GET', '/v1/rings'),
  method_not_allowed: to('PUT', '/v1/clusters'),

  cluster_not_ready: async (scene) => scene.ask('GET', `/v1/clusters/${(await givenCluster(scene.api, scene.world.key)).id}/connection`),
  cluster_deleting: after(to('DELETE', '/v1/clusters/{cluster_id}'), to('PATCH', '/v1/clusters/{cluster_id}', { name: 'a' })),
  deletion_protected: after(
    to('PATCH', '/v1/clusters/{cluster_id}', { deletion_protection: true }),
    to('DELETE', '/v1/clusters/{cluster_id}'),
  ),
  operation_not_cancelable: async (scene) => {
    const { body } = await to('DELETE', '/v1/clusters/{cluster_id}')(scene)
    return scene.ask('POST', `/v1/operations/${JSON.parse(JSON.stringify(body)).operation.id}/cancel`)
  },
  tenant_not_empty: byPlatform('DELETE', '/v1/tenants/{tenant_id}'),
  tenant_deleting: async (scene) => {
    await scene.api.send('DELETE', own('/v1/tenants/{tenant_id}', scene), { key: scene.api.platformKey, query: { cascade: 'true' } })
    return byPlatform('POST', '/v1/tenants/{tenant_id}/keys', {})(scene)
  },
  webhook_disabled: after(to('POST', '/v1/webhooks/{webhook_id}/disable'), to('POST', '/v1/webhooks/{webhook_id}/test')),
  webhook_backlog_full: async (scene) => {
    const { id, ids } = scene.world
    const counted = { update: 'SET waiting_counted = :many', values: { ':many': 1_000 } }
    await tableFor(scene.api.deps, tenantId(id)).update(sk.webhook(ids.webhook_id ?? ''), counted)
    return to('POST', '/v1/webhooks/{webhook_id}/test')(scene)
  },
  delivery_pending: after(
    to('POST', '/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver'),
    to('POST', '/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver'),
  ),
  secret_rotating: after(
    to('POST', '/v1/webhooks/{webhook_id}/rotate-secret', {}),
    to('POST', '/v1/webhooks/{webhook_id}/rotate-secret', {}),
  ),
  key_not_active: after(to('DELETE', '/v1/keys/{key_id}'), to('POST', '/v1/keys/{key_id}/rotate', {})),
  idempotency_in_flight: (scene) => scene.during('in flight', () => create({}, { 'idempotency-key': 'a' })(scene)),
  secret_shown_once: after(to('POST', '/v1/keys', {}, { 'idempotency-key': 'a' }), to('POST', '/v1/keys', {}, { 'idempotency-key': 'a' })),
  precondition_failed: to('PATCH', '/v1/clusters/{cluster_id}', { name: 'a' }, { 'if-match': '"x"' }),

  body_too_large: raw(JSON.stringify({ ...SMALL, name: 'a'.repeat(2_000_000) })),
  unsupported_media_type: raw('{}', { 'content-type': 'text/plain' }),
  engine_not_on_offer: create({ engine: 'sqlite' }),
  version_not_on_offer: create({ version: '0.1' }),
  size_not_available: create({ size: '64g' }),
  az_not_available: create({ azs: ['moon-1a'] }),
  plan_not_on_offer: byPlatform('POST', '/v1/tenants', { name: 'a', plan: 'none such' }),
  webhook_url_not_allowed: to('POST', '/v1/webhooks', { url: 'https://127.0.0.1/' }),
  idempotency_key_reused: after(create({}, { 'idempotency-key': 'a' }), create({ size: '512m' }, { 'idempotency-key': 'a' })),

  rate_limited: after(twoAtOnce, untilRefused(list)),
  internal_error: (scene) => scene.during('broken', () => scene.api.send('GET', '/openapi.json')),
  unavailable: (scene) => scene.during('throttled', () => create({})(scene)),
}
