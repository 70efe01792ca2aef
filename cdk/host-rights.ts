import { PolicyStatement } from 'aws-cdk-lib/aws-iam'

/**
 * What a host may do: be an ECS agent of this cluster, and let operators in through Session Manager. The managed policies would let it
 * read every parameter of the account (AmazonSSMManagedInstanceCore) and join any cluster (AmazonEC2ContainerServiceforEC2Role):
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
 */
export function hostStatements(clusterArn: string, instances: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: [
        'ecs:RegisterContainerInstance',
        'ecs:DeregisterContainerInstance',
        'ecs:SubmitAttachmentStateChanges',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitTaskStateChange',
      ],
      resources: [clusterArn],
    }),
    new PolicyStatement({
      actions: ['ecs:Poll', 'ecs:StartTelemetrySession'],
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': clusterArn } },
    }),
    // A Spot host that is told to go takes no more nodes.
    new PolicyStatement({
      actions: ['ecs:UpdateContainerInstancesState'],
      resources: [instances],
      conditions: { ArnEquals: { 'ecs:cluster': clusterArn } },
    }),
    // Where the agent's and Session Manager's endpoints are: neither knows resources.
    new PolicyStatement({ actions: ['ecs:DiscoverPollEndpoint'], resources: ['*'] }),
    new PolicyStatement({
      actions: [
        'ssm:UpdateInstanceInformation',
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      resources: ['*'],
    }),
  ]
}
