import type { ClusterRecord } from '../clusters/record.ts'
import { ringOf } from '../clusters/ring-of.ts'
import { sizeOf } from '../contract/sizes.ts'
import type { NodeView } from '../engines/engine.ts'
import type { Host } from '../platform/hosts.ts'
import { waiting } from './conditions.ts'
import type { ObserveDeps } from './deps.ts'
import type { Step } from './model.ts'
import type { Leave, Observed, ObservedNode, Plan } from './observed.ts'
import { placeMembers } from './placement.ts'

const hostOf = ({ task }: ObservedNode): string => (typeof task === 'object' ? (task.host ?? '') : '')

/**
 * Whether a host of the same kind and AZ would take this node's successor now. A node is stopped only then: with a copy less its
 * ring would wait for a new host. Somebody else may be quicker; then that is what happens.
 */
function hasRoom(hosts: Host[], { spec, id }: ClusterRecord, nodes: ObservedNode[], node: ObservedNode): boolean {
  const places = placeMembers(id, ringOf(spec).members, spec.azs)
  const own = places.get(node.member.ordinal)
  const kin = nodes.filter((other) => other !== node && places.get(other.member.ordinal)?.group === own?.group)
  const taken = new Set(own?.distinctHosts ? kin.map(hostOf) : [])
  const need = sizeOf(spec.size)
  const provider = hosts.find(({ arn }) => arn === hostOf(node))?.capacityProvider
  return hosts
    .filter(({ arn, capacityProvider, takesTasks }) => takesTasks && capacityProvider === provider && !taken.has(arn))
    .some(({ free }) => free.memory_mib >= need.memory_mib && free.cpu_units >= need.cpu_units)
}

/** Which members of a formed ring are on hosts that drain, who of all is to hand over, and who may go now. */
export async function seeLeaving(
  deps: Pick<ObserveDeps, 'hosts' | 'log'>,
  cluster: ClusterRecord,
  nodes: ObservedNode[],
  views: NodeView[],
): Promise<Leave | undefined> {
  const draining = await deps.hosts.drainingAmong([...new Set(nodes.map(hostOf))])
  const leaving = nodes.filter((node) => draining.has(hostOf(node))).map(({ member }) => member.ordinal)
  const { handOver, stop } = ringOf(cluster.spec).leave(views, leaving)
  if (handOver.length > 0) return { leaving, handOver }
  if (leaving.length === 0) return undefined
  const hosts = await deps.hosts.all()
  const next = nodes.find((node) => stop.includes(node.member.ordinal) && hasRoom(hosts, cluster, nodes, node))
  if (next) return { leaving, handOver, stop: next.member.ordinal }
  const why = stop.length > 0 ? 'no other host of its class and zone has room' : 'it is the only copy of its shard'
  deps.log.warn('a node stays on a host that drains', { tenant: cluster.tenant_id, cluster: cluster.id, ordinals: leaving, why })
  return { leaving, handOver }
}

/** One node at a time, so that the ring is whole before the next goes; nothing when none may go now. */
export function leaveHosts({ leave }: Observed): Plan | undefined {
  const { handOver = [], stop } = leave ?? {}
  const moving = (steps: Step[], clause: string): Plan => ({
    decision: 'act',
    steps,
    waiting: { ...waiting('MovingNodes', clause), serves: true },
  })
  if (handOver.length > 0) return moving([{ name: 'HandOver', ordinals: handOver }], `nodes ${handOver.join(', ')} hand over`)
  if (stop !== undefined) return moving([{ name: 'MoveNodes', ordinals: [stop] }], `node ${stop} goes`)
  return undefined
}
