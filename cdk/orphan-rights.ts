import { Stack } from 'aws-cdk-lib'
import type { IHostedZone } from 'aws-cdk-lib/aws-route53'
import type { CellFunction } from './function.ts'
import { mayPublishNames, ofClusters } from './step-rights.ts'

/**
 * Lists what was made for clusters, of which most calls know no resource; and takes away what is nobody's, in this cell only. What
 * a cluster has it does not touch, for that it tells the loop; and it stops no task, which may serve somebody.
 */
export function mayFindOrphans(fn: CellFunction, cell: string, props: { clusterArn: string; zone: IHostedZone }): void {
  const { clusterArn, zone } = props
  const arn = (service: string, resource: string, resourceName: string) => Stack.of(fn).formatArn({ service, resource, resourceName })
  const inCluster = { ArnEquals: { 'ecs:cluster': clusterArn } }
  fn.may(['ListTasks'], 'ecs', ['*'], inCluster)
  fn.may(['ListTaskDefinitionFamilies', 'ListTaskDefinitions', 'DeregisterTaskDefinition'], 'ecs', ['*'])
  fn.may(['DescribeTasks'], 'ecs', [arn('ecs', 'task', `${cell}/*`)], inCluster)
  fn.may(['DescribeSecurityGroups'], 'ec2', ['*'])
  fn.may(['DeleteSecurityGroup'], 'ec2', [arn('ec2', 'security-group', '*')], ofClusters(cell))
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html: names only, no values.
  fn.may(['DescribeParameters'], 'ssm', ['*'])
  fn.may(['DeleteParameter'], 'ssm', [arn('ssm', 'parameter', `${cell}/clusters/*`)])
  mayPublishNames(fn, zone)
}
