import { sk } from '../platform/table.ts'
import type { TenantTable } from '../platform/tenant-table.ts'
import { NodeRecord } from './node-record.ts'

/** All nodes of a cluster, by ordinal. */
export async function readNodes(table: TenantTable, clusterId: string): Promise<NodeRecord[]> {
  const nodes: NodeRecord[] = []
  let after: string | undefined
  do {
    const page = await table.query({ prefix: sk.nodes(clusterId), ...(after === undefined ? {} : { after }) })
    nodes.push(...page.items.map((item) => NodeRecord.parse(item)))
    after = page.last
  } while (after !== undefined)
  return nodes
}
