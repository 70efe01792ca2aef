import * as z from 'zod'
import { AppError } from '../contract/errors.ts'
import type { KeyCreate, KeyWithSecret } from '../contract/key.ts'
import { DEFAULT_QUOTA, type Quota, Tenant, type TenantCreate } from '../contract/tenant.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import type { Once, StoredAnswer } from '../idempotency/once.ts'
import { isoTime } from '../platform/clock.ts'
import { tenantId } from '../platform/table.ts'
import { tableFor } from '../platform/tenant-table.ts'
import { issueTenantKey, type KeyDeps } from './keys.ts'
import { tenantStore } from './store.ts'

/** The partition of what the platform itself asked for: it belongs to no tenant. */
const PLATFORM = tenantId('platform')

const quotaFor = ({ clusters, nodes, memory_mib, webhooks }: NonNullable<TenantCreate['quota']>): Quota => ({
  clusters: clusters ?? DEFAULT_QUOTA.clusters,
  nodes: nodes ?? DEFAULT_QUOTA.nodes,
  memory_mib: memory_mib ?? DEFAULT_QUOTA.memory_mib,
  webhooks: webhooks ?? DEFAULT_QUOTA.webhooks,
})

/**
 * The answer is kept first, in the platform's partition, and then made true, so that whatever breaks in between, the
 * repeated request makes the same tenant.
 */
async function create(deps: KeyDeps, body: TenantCreate, once?: Once<Tenant>): Promise<Committed<Tenant>> {
  const quota = quotaFor(body.quota ?? {})
  const committed = await commit({ clock: deps.clock, table: tableFor(deps, PLATFORM) }, once, async () => {
    const result: Tenant = { id: deps.newId('tenant'), name: body.name, state: 'active', quota, created_at: isoTime(deps.clock.now()) }
    return { result, writes: [] }
  })
  const tenant = 'result' in committed ? committed.result : Tenant.parse(JSON.parse(committed.replayed.body))
  const { quota: limits, ...record } = tenant
  await tenantStore(deps).addUnlessThere(record, limits)
  return committed
}

const KeyId = z.object({ id: z.string() })

function shownOnce(first: StoredAnswer): AppError {
  const { id } = KeyId.parse(JSON.parse(first.body))
  const detail = `Key ${id} was made for the first request and shown then; send another Idempotency-Key to make another key`
  return new AppError('secret_shown_once', detail, { members: { key_id: id } })
}

/** An answer that was lost is lost: the secret is kept nowhere, so that a repeated request learns which key it was about, and no more. */
async function createKey(deps: KeyDeps, id: string, body: KeyCreate, once?: Once<KeyWithSecret>): Promise<Committed<KeyWithSecret>> {
  const tenant = tenantId(id)
  if (!(await tenantStore(deps).get(tenant))) throw new AppError('not_found', `There is no tenant ${id}`)
  const result = await issueTenantKey(deps, tenant, body, async (key) => {
    const ours = { clock: deps.clock, table: tableFor(deps, PLATFORM) }
    const committed = await commit(ours, once, async () => ({ result: key, writes: [] }))
    if ('replayed' in committed) throw shownOnce(committed.replayed)
  })
  return { result }
}

/** What the platform does with tenants. Refusals are AppErrors. */
export const tenantService = (deps: KeyDeps) => ({
  create: (body: TenantCreate, once?: Once<Tenant>) => create(deps, body, once),
  /** `once` must not store the secret: it stands in the answer, for the only time. */
  createKey: (id: string, body: KeyCreate, once?: Once<KeyWithSecret>) => createKey(deps, id, body, once),
})
