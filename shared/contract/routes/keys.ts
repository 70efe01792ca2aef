import { Key, KeyCreate, KeyRotate, KeyWithSecret } from '../key.ts'
import { listOf, PageQuery } from '../pagination.ts'
import { KeyPath, TenantKeyPath, TenantPath } from '../paths.ts'
import { type Route, route } from '../route.ts'

const OF_MAKING = ['quota_exceeded', 'secret_shown_once', 'tenant_deleting'] as const
const OF_ROTATING = ['key_not_active', 'secret_rotating', 'secret_shown_once', 'tenant_deleting'] as const

/** The rows about the keys of the tenant that calls. */
const OWN_KEY_ROUTES = {
  createKey: route({
    operationId: 'createKey',
    tag: 'Keys',
    summary: 'Make an API key',
    method: 'POST',
    path: '/v1/keys',
    scope: 'admin',
    body: KeyCreate,
    idempotent: true,
    status: 201,
    response: KeyWithSecret,
    headers: ['Location'],
    errors: OF_MAKING,
  }),
  listKeys: route({
    operationId: 'listKeys',
    tag: 'Keys',
    summary: 'List API keys, newest first',
    method: 'GET',
    path: '/v1/keys',
    scope: 'admin',
    query: PageQuery,
    status: 200,
    response: listOf(Key),
  }),
  getKey: route({
    operationId: 'getKey',
    tag: 'Keys',
    summary: 'Look at an API key',
    method: 'GET',
    path: '/v1/keys/{key_id}',
    scope: 'admin',
    params: KeyPath,
    status: 200,
    response: Key,
    headers: ['ETag'],
  }),
  rotateKey: route({
    operationId: 'rotateKey',
    tag: 'Keys',
    summary: 'Make a key that takes the place of another, which ends a while later',
    method: 'POST',
    path: '/v1/keys/{key_id}/rotate',
    scope: 'admin',
    params: KeyPath,
    body: KeyRotate,
    idempotent: true,
    status: 201,
    response: KeyWithSecret,
    headers: ['Location'],
    errors: OF_ROTATING,
  }),
  revokeKey: route({
    operationId: 'revokeKey',
    tag: 'Keys',
    summary: 'End an API key, from the next request on',
    method: 'DELETE',
    path: '/v1/keys/{key_id}',
    scope: 'admin',
    params: KeyPath,
    idempotent: true,
    status: 204,
  }),
} as const satisfies Record<string, Route>

/** The rows about the keys of a tenant that the platform names. */
export const KEY_ROUTES = {
  ...OWN_KEY_ROUTES,
  createTenantKey: route({
    ...OWN_KEY_ROUTES.createKey,
    operationId: 'createTenantKey',
    summary: 'Make an API key for a tenant',
    path: '/v1/tenants/{tenant_id}/keys',
    scope: 'platform',
    params: TenantPath,
  }),
  listTenantKeys: route({
    ...OWN_KEY_ROUTES.listKeys,
    operationId: 'listTenantKeys',
    summary: 'List the API keys of a tenant, newest first',
    path: '/v1/tenants/{tenant_id}/keys',
    scope: 'platform',
    params: TenantPath,
  }),
  getTenantKey: route({
    ...OWN_KEY_ROUTES.getKey,
    operationId: 'getTenantKey',
    summary: 'Look at an API key of a tenant',
    path: '/v1/tenants/{tenant_id}/keys/{key_id}',
    scope: 'platform',
    params: TenantKeyPath,
  }),
  rotateTenantKey: route({
    ...OWN_KEY_ROUTES.rotateKey,
    operationId: 'rotateTenantKey',
    summary: 'Make a key that takes the place of another of a tenant, which ends a while later',
    path: '/v1/tenants/{tenant_id}/keys/{key_id}/rotate',
    scope: 'platform',
    params: TenantKeyPath,
  }),
  revokeTenantKey: route({
    ...OWN_KEY_ROUTES.revokeKey,
    operationId: 'revokeTenantKey',
    summary: 'End an API key of a tenant, from the next request on',
    path: '/v1/tenants/{tenant_id}/keys/{key_id}',
    scope: 'platform',
    params: TenantKeyPath,
  }),
} as const satisfies Record<string, Route>
