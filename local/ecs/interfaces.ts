import type { TaskRecord } from './records.ts'

/** A task's network interface as EC2 sees it: while one is there, its security groups cannot be deleted. */
export interface TaskInterface {
  networkInterfaceId: string
  securityGroupId: string
  subnetId: string
  address: string
  taskArn: string
}

/** One entry for each interface and security group, until the task is STOPPED: the interface outlives the container. */
export function interfacesOf(tasks: TaskRecord[]): TaskInterface[] {
  return tasks.flatMap(({ arn, lastStatus, eni, securityGroups, subnetId }) =>
    !eni || subnetId === undefined || lastStatus === 'STOPPED'
      ? []
      : securityGroups.map((securityGroupId) => ({
          networkInterfaceId: eni.id,
          securityGroupId,
          subnetId,
          address: eni.address,
          taskArn: arn,
        })),
  )
}
