import * as z from 'zod'
import type { ClusterRecord } from '../clusters/record.ts'
import { clusterStore } from '../clusters/store.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import { pastConflicts } from '../platform/conflict.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import { PLATFORM, sk, type TenantId } from '../platform/table.ts'
import { type KeyTableDeps, type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import { removal } from '../webhooks/store.ts'
import { keyPage } from './key-store.ts'
import { expiresAfter, type TenantRecord } from './record.ts'
import { revokeKey } from './revoke.ts'
import { tenantStore } from './store.ts'

export interface TakeDownDeps extends TableDeps, KeyTableDeps {
  clock: Clock
  /** Whatever it is doing, and protected or not. */
  removeCluster(tenant: TenantId, id: string): Promise<unknown>
}

const WebhookId = z.object({ id: z.string() })

/** One pass does so many deletes: the next minute's does more. */
const DELETES_PER_PASS = 100
const AT_ONCE = 10

/** Keys that were revoked are listed for thirty days, and who makes and revokes has any number of them: some 20,000 for a pass. */
const KEYS_PER_PAGE = 500
const KEY_PAGES_PER_PASS = 40

/** That no key up to that position is good, for the next pass: a tenant that goes gets no more keys. */
const noteKeys = (deps: TableDeps, tenant: TenantId, position: string): Promise<unknown> =>
  tableFor(deps, tenant)
    .update(sk.tenant, {
      update: 'SET keys_after = :position',
      condition: '#state = :deleting',
      names: { '#state': 'state' },
      values: { ':position': position, ':deleting': 'deleting' },
    })
    .catch(unlessRefused)

/** From where the pass before has ended, page by page. Answers whether all of them are revoked. */
async function revokeKeys(deps: TakeDownDeps, tenant: TenantId, { keys_after }: TenantRecord): Promise<boolean> {
  let after = keys_after
  let revoked = 0
  for (let pages = 0; pages < KEY_PAGES_PER_PASS && revoked < DELETES_PER_PASS; pages += 1) {
    const page = await keyPage(deps, tenant, { limit: KEYS_PER_PAGE, ...(after === undefined ? {} : { after }) })
    const live = page.items.filter((key) => key.revoked_at === undefined)
    await sideBySide(live, (key) => revokeKey(deps, tenant, key.id), AT_ONCE)
    if (page.next === undefined) return true
    after = page.next
    revoked += live.length
    await noteKeys(deps, tenant, after)
  }
  return false
}

/** Some of those that are left. A page may have none and not be the last: deleted ones are kept for a while, thousands of them. */
export async function clustersLeft(deps: TableDeps, tenant: TenantId, limit = DELETES_PER_PASS): Promise<ClusterRecord[]> {
  let after: string | undefined
  do {
    const page = await clusterStore(deps).list(tenant, { limit, ...(after === undefined ? {} : { after }) })
    if (page.items.length > 0) return page.items
    after = page.next
  } while (after !== undefined)
  return []
}

/** Answers whether there were none. */
async function removeClusters(deps: TakeDownDeps, tenant: TenantId): Promise<boolean> {
  const clusters = await clustersLeft(deps, tenant)
  await sideBySide(clusters, (cluster) => deps.removeCluster(tenant, cluster.id), AT_ONCE)
  return clusters.length === 0
}

/** Last of what a tenant has, so that they hear of the last of its clusters. */
async function removeWebhooks(deps: TakeDownDeps, tenant: TenantId): Promise<boolean> {
  const table = tableFor(deps, tenant)
  const { items, last } = await table.query({ prefix: sk.webhook(''), limit: DELETES_PER_PASS })
  const ids = items.map((item) => WebhookId.parse(item).id)
  await sideBySide(ids, (id) => pastConflicts(deps.clock, () => table.transact(removal(id))), AT_ONCE)
  return last === undefined
}

/** The directory first: its entry is looked at only through what the tenant's own record says. */
async function finish(deps: TakeDownDeps, tenant: TenantId, { version }: TenantRecord): Promise<void> {
  const now = deps.clock.now()
  const values = { ':at': isoTime(now), ':expires': expiresAfter(now) }
  const names = { '#expires': 'expires' }
  await tableFor(deps, PLATFORM)
    .update(sk.directory(tenant), {
      update: 'SET deleted_at = :at, #expires = :expires REMOVE founding, due_pk, due_at',
      condition: 'attribute_exists(sk)',
      names,
      values,
    })
    .catch(unlessRefused)
  const expiring = { kind: 'update' as const, update: 'SET #expires = :expires', names, values: { ':expires': values[':expires'] } }
  await tableFor(deps, tenant).transact([
    {
      kind: 'update',
      sk: sk.tenant,
      update:
        'SET #state = :deleted, #version = :next, deleted_at = :at, updated_at = :at, #expires = :expires REMOVE due_pk, due_at, keys_after',
      condition: '#version = :seen',
      names: { ...names, '#state': 'state', '#version': 'version' },
      values: { ...values, ':deleted': 'deleted', ':next': version + 1, ':seen': version },
    },
    { ...expiring, sk: sk.quota },
    { ...expiring, sk: sk.rate },
  ])
}

/**
 * Goes on with the end of a tenant: its keys first, then its clusters, its webhooks when those are gone, then the tenant
 * itself. Does again whatever it may have done before. Answers whether nothing is left to do.
 */
export async function takeDown(deps: TakeDownDeps, tenant: TenantId): Promise<boolean> {
  const record = await tenantStore(deps).get(tenant)
  if (record?.state !== 'deleting') return true
  if (!(await revokeKeys(deps, tenant, record))) return false
  if (!(await removeClusters(deps, tenant)) || !(await removeWebhooks(deps, tenant))) return false
  await finish(deps, tenant, record)
  return true
}
