import { dnsName } from '../../clusters/naming.ts'
import { readNodes } from '../../clusters/nodes.ts'
import { assertCurrent, noteResource, type StepRun } from './context.ts'

/** One name per ring with the addresses of all its nodes that have one, and none while none has; ring nodes themselves use addresses. */
export const publishNames: StepRun = async (context) => {
  const { deps, table, cluster } = context
  const nodes = await readNodes(table, cluster.id)
  const addresses = nodes.flatMap((node) => node.address ?? []).sort()
  const name = dnsName(deps.cell.zoneName, cluster.id)
  await assertCurrent(context)
  if (addresses.length > 0) await deps.names.publish(name, addresses)
  else await deps.names.remove(name)
  await noteResource(context, 'published_addresses', addresses)
  return name
}
