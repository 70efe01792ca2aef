import type { ClusterCreate, ClusterSpec } from '../contract/cluster.ts'
import { type ClusterPreview, Placement } from '../contract/cluster-preview.ts'
import { AppError } from '../contract/errors.ts'
import type { TenantId } from '../platform/table.ts'
import { admit } from './admission.ts'
import type { ClusterDeps } from './deps.ts'
import { priceOf } from './price.ts'
import { quotaAfter, quotaOf, reserveQuota } from './quota.ts'
import { clusterStore } from './store.ts'

/** @throws unavailable when nobody can say */
async function placementOf(deps: ClusterDeps, tenant: TenantId, spec: ClusterSpec): Promise<Placement> {
  try {
    return Placement.parse(await deps.preview({ tenant_id: tenant, spec }))
  } catch (cause) {
    deps.log.error('nobody says where a cluster would go', cause)
    throw new AppError('unavailable', 'The hosts could not be looked at: ask again', { cause, headers: { 'retry-after': '1' } })
  }
}

/**
 * What a create would do: refused as that would be, and otherwise told what it takes, where it goes and what it costs. Changes
 * nothing and holds nothing.
 */
export async function preview(deps: ClusterDeps, tenant: TenantId, request: ClusterCreate): Promise<ClusterPreview> {
  const { spec } = admit(deps.hostClasses, request)
  const [quota, placement] = await Promise.all([clusterStore(deps).quota(tenant), placementOf(deps, tenant, spec)])
  reserveQuota(quota, spec)
  return { spec, node_count: quotaOf(spec).nodes, quota: quotaAfter(quota, spec), placement, price: priceOf(deps.prices, spec) }
}
