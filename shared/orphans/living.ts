import type { Finding, Repair } from './finding.ts'
import type { SeenCluster, SeenNode } from './sight.ts'
import type { Thing } from './things.ts'

/** It serves, and nobody is at work on it or about to be. */
export const isSettled = (cluster: SeenCluster): boolean =>
  cluster.state === 'ready' &&
  cluster.observed_generation === cluster.generation &&
  cluster.lease_holder === undefined &&
  cluster.conditions.some(({ type, status }) => type === 'Ready' && status)

const again = (...forget: string[]): Repair => ({ how: 'look-again', forget })

/** What is noted of the cluster and is not there; each is made anew once its note is forgotten, but for what nobody else knows. */
function unmade({ resources }: SeenCluster, things: readonly Thing[]): Pick<Finding, 'id' | 'detail' | 'repair'>[] {
  const has = (kind: Thing['kind']): boolean => things.some((thing) => thing.kind === kind)
  const { task_definition_arn, security_group_id, credentials_parameter, published_addresses = [] } = resources
  const published = things.find(({ kind }) => kind === 'name')?.addresses ?? []
  return [
    ...(task_definition_arn !== undefined && !has('definition')
      ? [{ id: task_definition_arn, detail: 'its task definition is not active', repair: again('task_definition_arn') }]
      : []),
    ...(security_group_id !== undefined && !has('group')
      ? [{ id: security_group_id, detail: 'its security group is not there', repair: again('security_group_id') }]
      : []),
    ...(credentials_parameter !== undefined && !has('parameter')
      ? [
          {
            id: credentials_parameter,
            detail: 'its credentials are not there: only its nodes know them now',
            repair: { how: 'none' } as const,
          },
        ]
      : []),
    ...(published_addresses.length > 0 && [...published].sort().join() !== [...published_addresses].sort().join()
      ? [{ id: 'name', detail: `its name has the addresses [${published.join(', ')}], not its own`, repair: again('published_addresses') }]
      : []),
  ]
}

/**
 * What is not as it should be around a cluster that serves.
 * @param forgotten whether ECS knows such a task no more, not even as stopped
 */
export function amissOf(
  tenant: string,
  cluster: SeenCluster,
  things: readonly Thing[],
  nodes: readonly SeenNode[],
  forgotten: (arn: string) => boolean,
): Finding[] {
  const about = { tenant, cluster: cluster.id }
  const claimed = new Set(nodes.flatMap(({ task_arn }) => task_arn ?? []))
  const strays = things.filter(({ kind, id }) => kind === 'task' && !claimed.has(id))
  const lost = nodes.filter(({ task_arn }) => task_arn !== undefined && forgotten(task_arn))
  return [
    ...strays.map(({ kind, id }): Finding => ({ kind, id, ...about, detail: 'no node of its cluster claims it', repair: again() })),
    ...lost.map(
      ({ id, task_arn }): Finding => ({ kind: 'missing', id, ...about, detail: `ECS does not know its task ${task_arn}`, repair: again() }),
    ),
    ...unmade(cluster, things).map((found): Finding => ({ kind: 'missing', ...about, ...found })),
  ]
}
