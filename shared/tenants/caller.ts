import type { Actor } from '../contract/audit.ts'
import type { TenantScope } from '../contract/key.ts'
import { PLATFORM, type TenantId } from '../platform/table.ts'

/** Who sends a request. Only what has been verified makes one. */
export type Caller = { kind: 'platform'; actor: Actor } | { kind: 'tenant'; actor: Actor; tenant: TenantId; scopes: readonly TenantScope[] }

/** In whose partition a caller acts, unless its request names a tenant. */
export const actsIn = (caller: Caller): TenantId => (caller.kind === 'tenant' ? caller.tenant : PLATFORM)
