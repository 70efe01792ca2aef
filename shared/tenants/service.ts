import * as z from 'zod'
import { AppError } from '../contract/errors.ts'
import type { KeyCreate, KeyWithSecret } from '../contract/key.ts'
import { DEFAULT_QUOTA, type Quota, Tenant, type TenantCreate } from '../contract/tenant.ts'
import type { Act, StoredAnswer } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import { isoTime } from '../platform/clock.ts'
import { PLATFORM, tenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { issueTenantKey, type KeyDeps } from './keys.ts'
import { tenantStore } from './store.ts'

export type TenantDeps = KeyDeps & TableDeps

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
async function create(deps: TenantDeps, body: TenantCreate, act?: Act<Tenant>): Promise<Committed<Tenant>> {
  const quota = quotaFor(body.quota ?? {})
  const committed = await commit({ clock: deps.clock, table: tableFor(deps, PLATFORM) }, act, async () => {
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
async function createKey(deps: TenantDeps, id: string, body: KeyCreate, act?: Act<KeyWithSecret>): Promise<Committed<KeyWithSecret>> {
  const tenant = tenantId(id)
  if (!(await tenantStore(deps).get(tenant))) throw new AppError('not_found', `There is no tenant ${id}`)
  const result = await issueTenantKey(deps, tenant, body, async (key) => {
    const ours = { clock: deps.clock, table: tableFor(deps, PLATFORM) }
    const committed = await commit(ours, act, async () => ({ result: key, writes: [] }))
    if ('replayed' in committed) throw shownOnce(committed.replayed)
  })
  return { result }
}

/** What the platform does with tenants. Refusals are AppErrors. */
export const tenantService = (deps: TenantDeps) => ({
  create: (body: TenantCreate, act?: Act<Tenant>) => create(deps, body, act),
  /** `act` must not store the secret: it stands in the answer, for the only time. */
  createKey: (id: string, body: KeyCreate, act?: Act<KeyWithSecret>) => createKey(deps, id, body, act),
})
