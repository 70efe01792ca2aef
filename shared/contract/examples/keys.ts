import type { KEY_ROUTES } from '../routes/keys.ts'
import { type ExamplesOf, SOME } from './example.ts'

const { tenant_id, key_id } = SOME

export const KEY_EXAMPLES: ExamplesOf<typeof KEY_ROUTES> = {
  createKey: {
    headers: { 'Idempotency-Key': 'ci-2030' },
    body: { name: 'ci', scopes: ['read', 'write'], expires_at: '2099-01-31T12:00:00Z' },
  },
  listKeys: {},
  getKey: { params: { key_id } },
  rotateKey: { params: { key_id }, body: {} },
  revokeKey: { params: { key_id } },
  createTenantKey: { params: { tenant_id }, body: { name: 'operator', scopes: ['admin'] } },
  listTenantKeys: { params: { tenant_id } },
  getTenantKey: { params: { tenant_id, key_id } },
  rotateTenantKey: { params: { tenant_id, key_id }, body: {} },
  revokeTenantKey: { params: { tenant_id, key_id } },
}
