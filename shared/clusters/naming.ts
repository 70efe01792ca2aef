import { type TenantId, tenantId } from '../platform/table.ts'

/** What is made on AWS for a cluster is named by its id, so that it is found again whatever was written down. */
export const credentialsParameter = (cell: string, clusterId: string): string => `/${cell}/clusters/${clusterId}/credentials`
export const securityGroupName = (cell: string, clusterId: string): string => `${cell}-${clusterId}`
export const taskFamily = (cell: string, clusterId: string): string => `${cell}-${clusterId}`
export const dnsName = (zoneName: string, clusterId: string): string => `${clusterId.replace('_', '-')}.${zoneName}`
/** Names the partition as well: an ECS event carries nothing else that is ours. */
export const startedBy = (tenant: string, clusterId: string): string => `${tenant}/${clusterId}`
/** Whose a task is; undefined of tasks that are none of ours. */
export function starterOf(started: string | undefined): { tenant: TenantId; clusterId: string } | undefined {
  const [tenant, clusterId] = (started ?? '').split('/')
  return tenant && clusterId ? { tenant: tenantId(tenant), clusterId } : undefined
}
