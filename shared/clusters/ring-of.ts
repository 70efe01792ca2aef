import type { ClusterSpec } from '../contract/cluster.ts'
import { sizeOf } from '../contract/sizes.ts'
import type { ContainerPlan, Member, NodeView, RingMove, RingPlan } from '../engines/engine.ts'
import { engineOf } from '../engines/index.ts'
import type { ClusterRecord } from './record.ts'

/** A cluster's spec as its engine understands it. */
export interface Ring {
  members: Member[]
  persistent: boolean
  next(views: NodeView[], everReady: boolean): RingPlan
  leave(views: NodeView[], leaving: number[]): RingMove
}

const isPersistent = (spec: ClusterSpec): boolean => spec.durability !== 'cache'

/** What each of its nodes is as a container. */
export const containerOf = ({ spec, network }: Pick<ClusterRecord, 'spec' | 'network'>): ContainerPlan =>
  engineOf(spec).container(spec, { persistent: isPersistent(spec), memoryMiB: sizeOf(spec.size).memory_mib, network })

export function ringOf(spec: ClusterSpec): Ring {
  const engine = engineOf(spec)
  const members = engine.members(spec)
  const persistent = isPersistent(spec)
  return {
    members,
    persistent,
    next: (views, everReady) => engine.next(members, views, everReady),
    leave: (views, leaving) => engine.leave(members, views, leaving),
  }
}
