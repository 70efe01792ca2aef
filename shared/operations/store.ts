import type { OperationFilter } from '../contract/operation.ts'
import { type PageOf, type PageRequest, readPage } from '../platform/listing.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { OperationRecord } from './record.ts'

const wanted = ({ cluster_id, state, type }: OperationFilter, operation: OperationRecord): boolean =>
  (cluster_id === undefined || operation.cluster_id === cluster_id) &&
  (state === undefined || state.includes(operation.state)) &&
  (type === undefined || type.includes(operation.type))

/** Remembers operations. They are written with what they are about, in its transactions. */
export const operationStore = (deps: TableDeps) => ({
  get: async (tenant: TenantId, id: string): Promise<OperationRecord | undefined> =>
    OperationRecord.optional().parse(await tableFor(deps, tenant).get(sk.operation(id))),
  /** Newest first. */
  list: (tenant: TenantId, page: PageRequest, filter: OperationFilter = {}): Promise<PageOf<OperationRecord>> =>
    readPage(tableFor(deps, tenant), { prefix: sk.operation(''), newestFirst: true }, page, (item) => {
      const operation = OperationRecord.parse(item)
      return wanted(filter, operation) ? operation : undefined
    }),
})
