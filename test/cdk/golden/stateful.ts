import type { Resource } from '../given.ts'
import { flat } from '../given.ts'

/**
 * What holds something that a new one would not have, and the properties of which a change makes a new one ("Update requires:
 * Replacement" on the type's page in the template reference).
 */
const STATEFUL: Record<string, string[]> = {
  'AWS::ApiGatewayV2::Api': ['ProtocolType'],
  'AWS::AutoScaling::AutoScalingGroup': ['AutoScalingGroupName'],
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema'],
  'AWS::EC2::SecurityGroup': ['GroupDescription'],
  'AWS::EC2::Subnet': ['AvailabilityZone', 'CidrBlock'],
  'AWS::EC2::VPC': ['CidrBlock'],
  'AWS::ECS::CapacityProvider': ['Name'],
  'AWS::ECS::Cluster': ['ClusterName'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KMS::Key': [],
  'AWS::Lambda::EventSourceMapping': ['EventSourceArn', 'StartingPosition'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::Route53::HostedZone': ['Name'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 'StateMachineType'],
}
/** The only role that outlives a deployment in others' hands: it stands in the task definitions of rings. */
const KEPT_ROLE = 'ExecutionRole'

const isKept = ({ Type, id }: Resource): boolean => Type in STATEFUL && (Type !== 'AWS::IAM::Role' || id.includes(KEPT_ROLE))

/** One line for each: a line that goes is a resource that the next deployment deletes. */
export const stateful = (resources: Resource[]): string[] =>
  resources
    .filter(isKept)
    .map(({ Type, id, Properties }) => {
      const fixed = (STATEFUL[Type] ?? []).map((name) => `${name}=${JSON.stringify(flat(Properties[name])) ?? ''}`)
      return [Type, id, ...fixed].join(' ')
    })
    .sort()
