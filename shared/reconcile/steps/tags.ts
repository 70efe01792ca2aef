import type { ClusterRecord } from '../../clusters/record.ts'

/** Whose it is, on everything that is made: orphans are found, and costs are split, by these. */
export const tagsOf = (cell: string, cluster: Pick<ClusterRecord, 'id' | 'tenant_id'>): Record<string, string> => ({
  'ringhold:cell': cell,
  'ringhold:tenant': cluster.tenant_id,
  'ringhold:cluster': cluster.id,
})

/** The shape in which ECS wants tags. */
export const ecsTags = (tags: Record<string, string>): { key: string; value: string }[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }))
