import type { Clock } from '../platform/clock.ts'
import { PLATFORM } from '../platform/table.ts'
import { type KeyTableDeps, keyTableFor, type TableDeps } from '../platform/tenant-table.ts'
import { type KeyEntry, stateOf } from './key-record.ts'
import { allKeys } from './key-store.ts'
import { type KeyDeps, newKey } from './new-key.ts'
import { revokeKey } from './revoke.ts'

/** What an operator is told of a platform key. */
export type PlatformKey = Pick<KeyEntry, 'id' | 'name' | 'created_at' | 'last_used_at'> & { state: string }

/** Makes a key of the platform's own, which may make tenants and their keys. For operators: no route does this. */
export async function issuePlatformKey(deps: KeyDeps, name?: string): Promise<{ id: string; key: string }> {
  const { shown, writes } = newKey(deps, PLATFORM, { name, mode: 'live' })
  await keyTableFor(deps, PLATFORM).transact(writes)
  return { id: shown.id, key: shown.key }
}

/** Newest first; revoked ones for thirty days. */
export async function listPlatformKeys(deps: TableDeps & { clock: Clock }): Promise<PlatformKey[]> {
  const keys = await allKeys(deps, PLATFORM)
  return keys.map((key) => {
    const { id, name, created_at, last_used_at } = key
    return { id, name, created_at, last_used_at, state: stateOf(key, deps.clock.now()) }
  })
}

/** @throws not_found */
export const revokePlatformKey = async (deps: KeyTableDeps & { clock: Clock }, id: string): Promise<void> => {
  await revokeKey(deps, PLATFORM, id)
}
