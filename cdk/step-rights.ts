import { Stack } from 'aws-cdk-lib'
import type { IVpc } from 'aws-cdk-lib/aws-ec2'
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam'
import type { IHostedZone } from 'aws-cdk-lib/aws-route53'
import type { CellFunction } from './function.ts'

const inCluster = (clusterArn: string) => ({ ArnEquals: { 'ecs:cluster': clusterArn } })
const taskArns = (fn: CellFunction, cell: string): string[] => [
  Stack.of(fn).formatArn({ service: 'ecs', resource: 'task', resourceName: `${cell}/*` }),
]

const hostArns = (fn: CellFunction, cell: string): string[] => [
  Stack.of(fn).formatArn({ service: 'ecs', resource: 'container-instance', resourceName: `${cell}/*` }),
]

/** Tasks, and where the hosts are that they are on, of this cell only. */
export function mayReadTasks(fn: CellFunction, cell: string, clusterArn: string): void {
  fn.may(['DescribeTasks'], 'ecs', taskArns(fn, cell), inCluster(clusterArn))
  // ListTasks knows no task, only the instance it is asked about: the condition holds it to the cluster.
  fn.may(['ListTasks'], 'ecs', ['*'], inCluster(clusterArn))
  fn.may(['DescribeContainerInstances'], 'ecs', hostArns(fn, cell), inCluster(clusterArn))
}

/** Hosts of this cell and what they have left. */
export function mayReadHosts(fn: CellFunction, cell: string, clusterArn: string): void {
  fn.may(['ListContainerInstances'], 'ecs', [clusterArn])
  fn.may(['DescribeContainerInstances'], 'ecs', hostArns(fn, cell), inCluster(clusterArn))
}

/** Nodes: a task definition per cluster, tasks that run under the execution role and no other. */
export function mayRunTasks(fn: CellFunction, cell: string, clusterArn: string, executionRole: Role): void {
  const stack = Stack.of(fn)
  const definitions = stack.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${cell}-*` })
  fn.may(['RegisterTaskDefinition'], 'ecs', [definitions])
  // These know no resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
  fn.may(['DeregisterTaskDefinition', 'ListTaskDefinitions'], 'ecs', ['*'])
  fn.may(['RunTask'], 'ecs', [definitions], inCluster(clusterArn))
  fn.may(['StopTask'], 'ecs', taskArns(fn, cell), inCluster(clusterArn))
  fn.may(['TagResource'], 'ecs', [...taskArns(fn, cell), definitions], {
    StringEquals: { 'ecs:CreateAction': ['RunTask', 'RegisterTaskDefinition'] },
  })
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [executionRole.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    }),
  )
}

/**
 * The groups that were made for clusters, by the tags that they are made with. The stack's own groups have its tags too, and so the
 * cell's: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 */
export const ofClusters = (cell: string) => ({
  StringEquals: { 'aws:ResourceTag/ringhold:cell': cell },
  Null: { 'aws:ResourceTag/ringhold:cluster': 'false' },
})

/** A security group per cluster. */
export function mayManageSecurityGroups(fn: CellFunction, cell: string, vpc: IVpc): void {
  const groups = Stack.of(fn).formatArn({ service: 'ec2', resource: 'security-group', resourceName: '*' })
  fn.may(['CreateSecurityGroup'], 'ec2', [vpc.vpcArn])
  fn.may(['CreateSecurityGroup'], 'ec2', [groups], { StringEquals: { 'aws:RequestTag/ringhold:cell': cell } })
  fn.may(['CreateTags'], 'ec2', [groups], {
    StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup', 'aws:RequestTag/ringhold:cell': cell },
  })
  fn.may(['AuthorizeSecurityGroupIngress', 'DeleteSecurityGroup'], 'ec2', [groups], ofClusters(cell))
  // Describe calls know no resources.
  fn.may(['DescribeSecurityGroups'], 'ec2', ['*'])
}

/** The names of clusters, in the cell's own zone. */
export function mayPublishNames(fn: CellFunction, zone: IHostedZone): void {
  fn.may(['ChangeResourceRecordSets', 'ListResourceRecordSets'], 'route53', [zone.hostedZoneArn])
}
