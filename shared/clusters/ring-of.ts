import type { ClusterSpec } from '../contract/cluster.ts'
import { sizeOf } from '../contract/sizes.ts'
import type { ContainerPlan, Member, NodeView, RingPlan } from '../engines/engine.ts'
import { engineOf } from '../engines/index.ts'

/** A cluster's spec as its engine understands it. */
export interface Ring {
  members: Member[]
  container: ContainerPlan
  persistent: boolean
  next(views: NodeView[], everReady: boolean): RingPlan
}

export function ringOf(spec: ClusterSpec): Ring {
  const engine = engineOf(spec)
  const members = engine.members(spec)
  const persistent = spec.durability !== 'cache'
  return {
    members,
    container: engine.container(spec, { persistent }, sizeOf(spec.size).memory_mib),
    persistent,
    next: (views, everReady) => engine.next(members, views, everReady),
  }
}
