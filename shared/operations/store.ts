import { type PageOf, type PageRequest, readPage } from '../platform/listing.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { OperationRecord } from './record.ts'

/** Remembers operations. They are written with what they are about, in its transactions. */
export const operationStore = (deps: TableDeps) => ({
  get: async (tenant: TenantId, id: string): Promise<OperationRecord | undefined> =>
    OperationRecord.optional().parse(await tableFor(deps, tenant).get(sk.operation(id))),
  /** Newest first; of one cluster, or of all. */
  list: (tenant: TenantId, page: PageRequest, clusterId?: string): Promise<PageOf<OperationRecord>> =>
    readPage(tableFor(deps, tenant), { prefix: sk.operation(''), newestFirst: true }, page, (item) => {
      const operation = OperationRecord.parse(item)
      return clusterId === undefined || operation.cluster_id === clusterId ? operation : undefined
    }),
})
