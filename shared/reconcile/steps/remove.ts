import { credentialsParameter, dnsName, securityGroupName, taskFamily } from '../../clusters/naming.ts'
import { OTHERS_FIRST } from '../back-off.ts'
import { noteResource, type StepRun } from './context.ts'
import { waitUntil } from './wait-until.ts'

/** Each looks by name as well as by what was written down, and finds nothing the second time: a crash keeps things from the record, and lists are behind. */
export const removeNames: StepRun = async (context) => {
  const { deps, cluster } = context
  await deps.names.remove(dnsName(deps.cell.zoneName, cluster.id))
  await noteResource(context, 'names_removed', true)
  return undefined
}

/** Rings that are made at the same time go first. */
export class OthersFirst extends Error {
  constructor() {
    super('rings that are being made go first')
    this.name = OTHERS_FIRST
  }
}

export const removeDefinition: StepRun = async (context) => {
  const { deps, cluster } = context
  if (!(await deps.definitionTurns.spare())) throw new OthersFirst()
  await deps.containers.deregisterFamily(taskFamily(deps.cell.name, cluster.id), cluster.resources.task_definition_arn)
  await noteResource(context, 'definition_removed', true)
  return undefined
}

/** The group stays while a network interface of a stopped task is still being detached. */
export const closeNetwork: StepRun = async (context) => {
  const { deps, cluster } = context
  const group = cluster.resources.security_group_id ?? (await deps.network.find(securityGroupName(deps.cell.name, cluster.id)))
  const removed = group === undefined || (await waitUntil(context, async () => (await deps.network.remove(group)) === 'removed'))
  if (!removed) return 'the security group is still in use'
  await noteResource(context, 'network_removed', true)
  return undefined
}

export const removeCredentials: StepRun = async (context) => {
  const { deps, cluster } = context
  await deps.secrets.delete(credentialsParameter(deps.cell.name, cluster.id))
  await noteResource(context, 'credentials_removed', true)
  return undefined
}
