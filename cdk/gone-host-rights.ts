import type { CellFunction } from './function.ts'

/** To take hosts off the cell's books that are gone. */
export function mayForgetHosts(fn: CellFunction, clusterArn: string): void {
  // Describe calls of EC2 know no resources.
  fn.may(['DescribeInstances'], 'ec2', ['*'])
  // It knows the cluster only, and no conditions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
  fn.may(['DeregisterContainerInstance'], 'ecs', [clusterArn])
}
