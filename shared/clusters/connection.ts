import type { Connection } from '../contract/cluster.ts'
import { AppError } from '../contract/errors.ts'
import { parseCredentials } from '../engines/credentials.ts'
import { engineOf } from '../engines/index.ts'
import type { Secrets } from '../platform/secrets.ts'
import { credentialsParameter, dnsName } from './naming.ts'
import type { NodeRecord } from './node-record.ts'
import type { ClusterRecord } from './record.ts'
import { serves } from './view.ts'

export interface ConnectionDeps {
  secrets: Pick<Secrets, 'get'>
  cell: string
  zoneName: string
}

const unready = ({ id, state, operation_id }: ClusterRecord): string =>
  state === 'creating'
    ? `Cluster ${id} is creating: ask again when operation ${operation_id} has succeeded`
    : `Cluster ${id} is ${state} and serves no longer: operation ${operation_id} says more`

/** Counted by the attempts of all nodes: each is another task, with another address. */
const placesOf = (cluster: ClusterRecord, nodes: NodeRecord[]): Pick<Connection, 'generation' | 'as_of'> => ({
  generation: nodes.reduce((sum, { attempt }) => sum + attempt, 0),
  as_of:
    nodes
      .map(({ updated_at }) => updated_at)
      .sort()
      .at(-1) ?? cluster.created_at,
})

/**
 * What a client of the tenant's needs.
 * @throws cluster_not_ready before the ring served for the first time, and once it is being deleted
 */
export async function connectionOf(deps: ConnectionDeps, cluster: ClusterRecord, nodes: NodeRecord[]): Promise<Connection> {
  const members = { cluster_id: cluster.id, state: cluster.state, operation_id: cluster.operation_id }
  if (!serves(cluster)) throw new AppError('cluster_not_ready', unready(cluster), { members })
  const line = await deps.secrets.get(cluster.resources.credentials_parameter ?? credentialsParameter(deps.cell, cluster.id))
  if (line === undefined) throw new Error(`cluster ${cluster.id} is ready and has no credentials`)
  const password = parseCredentials(line).tenant.current
  const places = nodes.flatMap(({ address, ports }) => (address === undefined ? [] : [{ address, port: ports.client }]))
  // A name gives addresses and no ports: where each node has its own, there is none.
  const named = cluster.network === 'own' ? { name: dnsName(deps.zoneName, cluster.id) } : {}
  return { ...named, ...engineOf(cluster.spec).connection({ nodes: places, ...named, password }), password, ...placesOf(cluster, nodes) }
}
