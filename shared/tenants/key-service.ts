import type { Actor } from '../contract/audit.ts'
import { AppError } from '../contract/errors.ts'
import type { Key, KeyCreate, KeyRotate, KeyWithSecret } from '../contract/key.ts'
import type { Act } from '../idempotency/act.ts'
import type { PageOf, PageRequest } from '../platform/listing.ts'
import type { TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { keyView } from './key-record.ts'
import { keyEntryIn, keyPage } from './key-store.ts'
import { issueTenantKey } from './keys.ts'
import type { KeyDeps } from './new-key.ts'
import { revokeKey } from './revoke.ts'
import { rotateKey } from './rotate.ts'

/** Decides over a tenant's API keys, whoever asks. Refusals are AppErrors. */
export const keyService = (deps: KeyDeps & TableDeps) => ({
  create: async (tenant: TenantId, body: KeyCreate, by: Actor, act: Act<KeyWithSecret>) => ({
    result: await issueTenantKey(deps, tenant, body, by, act),
  }),
  rotate: async (tenant: TenantId, id: string, body: KeyRotate, by: Actor, act: Act<KeyWithSecret>) => ({
    result: await rotateKey(deps, tenant, id, body, by, act),
  }),
  revoke: (tenant: TenantId, id: string, act: Act<void>) => revokeKey(deps, tenant, id, act),
  get: async (tenant: TenantId, id: string): Promise<Key> => {
    const entry = await keyEntryIn(tableFor(deps, tenant), id)
    if (!entry) throw new AppError('not_found', `There is no key ${id}`)
    return keyView(entry, deps.clock.now())
  },
  /** Newest first. */
  list: async (tenant: TenantId, page: PageRequest): Promise<PageOf<Key>> => {
    const found = await keyPage(deps, tenant, page)
    return { ...found, items: found.items.map((entry) => keyView(entry, deps.clock.now())) }
  },
})
