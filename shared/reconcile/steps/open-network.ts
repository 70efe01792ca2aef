import { securityGroupName } from '../../clusters/naming.ts'
import { containerOf } from '../../clusters/ring-of.ts'
import { noteResource, type StepRun } from './context.ts'
import { tagsOf } from './tags.ts'

/** The ring's own group: all its ports among its members and for functions/ring, the client port for the tenant's networks. */
export const openNetwork: StepRun = async (context) => {
  const { deps, cluster } = context
  const { ports } = containerOf(cluster)
  if (!ports) throw new Error(`nodes of ${cluster.id} share the network of their hosts, which has a group of its own`)
  const { client, bus } = ports
  const group = await deps.network.ensureGroup(securityGroupName(deps.cell.name, cluster.id), tagsOf(deps.cell.name, cluster))
  const inside = [client, bus].map((port) => ({ fromPort: port, toPort: port, groups: [group, deps.cell.ringSecurityGroup] }))
  const clients = deps.cell.clientCidrs.length > 0 ? [{ fromPort: client, toPort: client, cidrs: deps.cell.clientCidrs }] : []
  await deps.network.open(group, [...inside, ...clients])
  await noteResource(context, 'security_group_id', group)
  return undefined
}
