import { readAll } from '../platform/read-all.ts'
import { sk } from '../platform/table.ts'
import type { TenantTable } from '../platform/tenant-table.ts'
import { NodeRecord } from './node-record.ts'

/** All nodes of a cluster, by ordinal. */
export const readNodes = (table: TenantTable, clusterId: string): Promise<NodeRecord[]> =>
  readAll(table, sk.nodes(clusterId), (item) => NodeRecord.parse(item))
