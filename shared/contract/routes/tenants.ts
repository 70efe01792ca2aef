import * as z from 'zod'
import { Id } from '../ids.ts'
import { KeyCreate, KeyWithSecret } from '../key.ts'
import { type Route, route } from '../route.ts'
import { Tenant, TenantCreate } from '../tenant.ts'

const TenantPath = z.strictObject({ tenant_id: Id('tenant') })

/** The rows about tenants and their keys. */
export const TENANT_ROUTES = {
  createTenant: route({
    operationId: 'createTenant',
    tag: 'Tenants',
    summary: 'Make a tenant',
    method: 'POST',
    path: '/v1/tenants',
    scope: 'platform',
    body: TenantCreate,
    idempotent: true,
    status: 201,
    response: Tenant,
    headers: ['ETag'],
  }),
  createKey: route({
    operationId: 'createKey',
    tag: 'Tenants',
    summary: 'Make an API key for a tenant',
    method: 'POST',
    path: '/v1/tenants/{tenant_id}/keys',
    scope: 'platform',
    params: TenantPath,
    body: KeyCreate,
    idempotent: true,
    status: 201,
    response: KeyWithSecret,
    errors: ['secret_shown_once'],
  }),
} as const satisfies Record<string, Route>
