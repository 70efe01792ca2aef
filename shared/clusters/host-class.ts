import type { NetworkKind } from '../engines/engine.ts'
import type { HostClass } from '../platform/env.ts'

/**
 * The smallest class of hosts that can carry such a node.
 * @param network the one its cluster was made for: what a cell gives to new clusters may have changed since
 */
export const hostClassFor = (classes: HostClass[], memoryMiB: number, network?: NetworkKind): HostClass | undefined =>
  classes.find((hosts) => memoryMiB <= hosts.max_node_memory_mib && (network === undefined || hosts.network === network))
