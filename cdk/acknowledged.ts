import type { Acknowledgment } from 'aws-cdk-lib'
import type { CellConfig } from './config.ts'
import { repositories } from './image-registry.ts'

const nag = (rule: string, reason: string): Acknowledgment => ({ id: `AwsSolutions::AwsSolutions-${rule}`, reason })
const anyOf = (resource: string, reason: string): Acknowledgment => nag(`IAM5[Resource::${resource}]`, reason)

/** What the built-in rules and cdk-nag say about a cell, and why it stays so. Whatever is not here fails a test. */
export function acknowledged({ cell, region, account = '<AWS::AccountId>', hostClasses, imageRegistry }: CellConfig): Acknowledgment[] {
  const arn = (service: string, resource: string) => `arn:<AWS::Partition>:${service}:${region}:${account}:${resource}`
  const spot = nag('EC26', 'The rule stumbles over groups of several instance types; the disks of their template are encrypted (a test)')
  return [
    ...(hostClasses.some((hostClass) => hostClass.spot) ? [spot] : []),
    {
      id: 'CloudFormation-Validate::W3010',
      reason: 'AZs are racks: rings are placed by their names, so they stand in the configuration',
    },
    nag('APIG4', 'The function behind the API authorises: only so do its 401 and 403 have bodies, and a revoked key is refused at once'),
    nag('AS3', 'Hosts come and go with demand; what matters to a tenant is its nodes, whose events are handled'),
    nag('ECS4', 'Container Insights is charged by task definition family, of which every ring has one'),
    nag('SF1', 'Errors are logged; what succeeded stands in the execution history and in the operation that the tenant reads'),
    nag('VPC7', 'Flow logs would be charged for every byte that rings replicate; turned on for a subnet when they are needed'),
    anyOf('*', 'Actions that know no resource (a test lists them), or that a condition holds to the cluster'),
    anyOf(arn('ec2', 'security-group/*'), 'Groups of clusters are told apart by the tag of the cell, in a condition'),
    anyOf(arn('ecs', `task-definition/${cell}-*`), 'One task definition family per ring, named with the cell'),
    anyOf(arn('ecs', `task/${cell}/*`), 'All tasks of the cell, whose ids ECS makes'),
    anyOf(arn('ecs', `container-instance/${cell}/*`), 'All hosts of the cell, whose ids ECS makes'),
    ...(imageRegistry === undefined ? [] : [anyOf(`arn:<AWS::Partition>:${repositories(imageRegistry)}`, 'One repository per engine')]),
    anyOf(arn('ssm', `parameter/${cell}/clusters/*`), 'One parameter per ring'),
  ]
}
