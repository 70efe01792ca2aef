import * as z from 'zod'
import { NodeRecord } from '../clusters/node-record.ts'
import { ClusterRecord } from '../clusters/record.ts'
import { OperationRecord } from '../operations/record.ts'
import { readAll } from '../platform/read-all.ts'
import { PLATFORM, sk, type TenantId, tenantId } from '../platform/table.ts'
import { type TableDeps, type TenantTable, tableFor } from '../platform/tenant-table.ts'
import { KeyEntry } from '../tenants/key-record.ts'
import { TenantQuota } from '../tenants/quota-record.ts'
import { DirectoryEntry } from '../tenants/record.ts'

const SeenCluster = ClusterRecord.pick({
  id: true,
  spec: true,
  network: true,
  state: true,
  conditions: true,
  generation: true,
  observed_generation: true,
  lease_holder: true,
  due_at: true,
  due_pk: true,
  operation_id: true,
  resources: true,
  failure: true,
  updated_at: true,
  quota_released_at: true,
})
export type SeenCluster = z.infer<typeof SeenCluster>
const SeenNode = NodeRecord.pick({ id: true, cluster_id: true, ordinal: true, task_arn: true, updated_at: true })
export type SeenNode = z.infer<typeof SeenNode>
const SeenOperation = OperationRecord.pick({ id: true, type: true, cluster_id: true, state: true, created_at: true })
export type SeenOperation = z.infer<typeof SeenOperation>

/** What a tenant's partition says of what it has. */
export interface Sight {
  tenant: TenantId
  clusters: SeenCluster[]
  nodes: SeenNode[]
  /** Those that run. */
  operations: SeenOperation[]
  webhooks: number
  /** Those that count. */
  keys: number
  /** Absent when it changed with every look: somebody is at work on what it counts. */
  quota?: TenantQuota | undefined
}

const every = <S extends z.ZodType>(table: TenantTable, prefix: string, schema: S): Promise<z.infer<S>[]> =>
  readAll(table, prefix, (item) => schema.parse(item))

const quotaIn = async (table: TenantTable): Promise<TenantQuota | undefined> => TenantQuota.optional().parse(await table.get(sk.quota))

const same = (a: TenantQuota | undefined, b: TenantQuota | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)

const LOOKS = 3

/**
 * Reads a tenant's partition consistently. What is counted and the counters are changed in one transaction: when the
 * counters are the same before and after, they belong to what was read in between.
 */
export async function look(deps: TableDeps, tenant: TenantId): Promise<Sight> {
  const table = tableFor(deps, tenant)
  for (let looks = 1; ; looks += 1) {
    const before = await quotaIn(table)
    const [clusters, nodes, operations, webhooks, keys] = await Promise.all([
      every(table, sk.cluster(''), SeenCluster),
      every(table, sk.allNodes, SeenNode),
      every(table, sk.operation(''), SeenOperation),
      every(table, sk.webhook(''), z.unknown()),
      every(table, sk.key(''), KeyEntry),
    ])
    const settled = same(before, await quotaIn(table))
    if (!settled && looks < LOOKS) continue
    return {
      ...{ tenant, clusters, nodes },
      operations: operations.filter(({ state }) => state === 'running'),
      webhooks: webhooks.length,
      keys: keys.filter(({ counted }) => counted).length,
      ...(settled ? { quota: before } : {}),
    }
  }
}

/** All there are, those that were deleted too, for as long as anything of them is kept. */
export const everyTenant = async (deps: TableDeps): Promise<TenantId[]> =>
  (await every(tableFor(deps, PLATFORM), sk.directory(''), DirectoryEntry)).map(({ id }) => tenantId(id))
