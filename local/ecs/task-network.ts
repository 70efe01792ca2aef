import { AwsError } from '../aws/service.ts'
import type { TaskRecord } from './records.ts'
import type { RunInput } from './run-input.ts'
import type { TaskDefinition } from './task-definition.ts'

export interface Subnet {
  id: string
  az: string
}

/** What a task asks of the network: a subnet for an interface of its own, or ports of its host. */
export type TaskNetwork = Pick<TaskRecord, 'networkMode' | 'subnetId' | 'securityGroups' | 'hostPorts'>

function subnetOf(input: RunInput, subnets: Subnet[]): Subnet {
  const [id] = input.networkConfiguration?.awsvpcConfiguration.subnets ?? []
  if (id === undefined)
    throw new AwsError('InvalidParameterException', "Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  const found = subnets.find((subnet) => subnet.id === id)
  if (!found) throw new AwsError('InvalidParameterException', `The subnet ID '${id}' does not exist`)
  return found
}

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html#network_mode
 * @returns with the AZ, where a subnet decides it
 * @throws AwsError as RunTask, where the network configuration does not go with the definition's mode
 */
export function networkOf(
  input: RunInput,
  { networkMode, containerDefinitions: [container] }: TaskDefinition,
  subnets: Subnet[],
): { network: TaskNetwork; subnet?: Subnet } {
  if (networkMode === 'awsvpc') {
    const subnet = subnetOf(input, subnets)
    const securityGroups = input.networkConfiguration?.awsvpcConfiguration.securityGroups ?? []
    return { subnet, network: { networkMode, subnetId: subnet.id, securityGroups, hostPorts: [] } }
  }
  if (input.networkConfiguration)
    throw new AwsError('InvalidParameterException', 'Network Configuration is not valid for the given networkMode of this task definition.')
  const hostPorts = (container.portMappings ?? []).map(({ containerPort }) => containerPort)
  return { network: { networkMode, securityGroups: [], hostPorts } }
}
