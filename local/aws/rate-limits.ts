import { throttled } from '../dynamodb/faults.ts'
import { callOf } from '../iam/calls.ts'
import type { AccountQuotas } from '../template/account-quotas.ts'
import { AwsError, type AwsRequest } from './service.ts'
import { type Rate, tokenBucket } from './token-bucket.ts'

/** Throws the AwsError that a call gets which is one too many. */
export type Limit = (service: string, request: AwsRequest) => void

/** Operations of one service that take from one bucket, per account and region. */
interface Shared extends Rate {
  service: string
  /** Absent: all of the service's. */
  operations?: string[]
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html */
const ecs = (definitions: Rate): Shared[] => [
  {
    operations: [
      ...['RunTask', 'StartTask', 'StopTask', 'PutAttributes', 'ExecuteCommand'],
      ...['UpdateContainerInstancesState', 'DeregisterContainerInstance'],
    ],
    ...{ service: 'ecs', burst: 100, perSecond: 40 },
  },
  {
    operations: ['DescribeTasks', 'ListTasks', 'DescribeContainerInstances', 'ListContainerInstances'],
    ...{ service: 'ecs', burst: 100, perSecond: 20 },
  },
  { service: 'ecs', operations: ['RegisterTaskDefinition', 'DeregisterTaskDefinition'], ...definitions },
  { service: 'ecs', operations: ['DeleteTaskDefinitions'], burst: 5, perSecond: 1 },
  { service: 'ecs', operations: ['DescribeTaskDefinition', 'ListTaskDefinitions'], burst: 50, perSecond: 20 },
  { service: 'ecs', operations: ['DescribeCapacityProviders'], burst: 50, perSecond: 20 },
  { service: 'ecs', operations: ['DescribeClusters', 'ListClusters'], burst: 50, perSecond: 20 },
  { service: 'ecs', operations: ['TagResource', 'UntagResource'], burst: 20, perSecond: 10 },
]

const each = (service: string, operations: string[], rate: Rate): Shared[] =>
  operations.map((operation) => ({ service, operations: [operation], ...rate }))

/** Every operation by itself: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html */
const EC2 = [
  ...each('ec2', ['CreateSecurityGroup', 'DeleteSecurityGroup', 'AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress'], {
    burst: 50,
    perSecond: 5,
  }),
  ...each('ec2', ['DescribeSecurityGroups', 'DescribeNetworkInterfaces', 'DescribeInstances'], { burst: 100, perSecond: 20 }),
]

/**
 * Reads: https://docs.aws.amazon.com/general/latest/gr/ssm.html. AWS documents nothing of writes; its support says three a second
 * (https://github.com/github-aws-runners/terraform-aws-github-runner/issues/2944), and of many at once twenty come through
 * (https://github.com/sudolabs-io/aws-ssm-cli/issues/503).
 */
const SSM: Shared[] = [
  { service: 'ssm', operations: ['GetParameter', 'GetParameters', 'GetParametersByPath'], burst: 40, perSecond: 40 },
  { service: 'ssm', operations: ['PutParameter'], burst: 20, perSecond: 3 },
]

const OTHERS: Shared[] = [
  // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html
  { service: 'route53', burst: 50, perSecond: 10 },
  // Of a region that is not among the three largest: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
  { service: 'states', operations: ['StartExecution'], burst: 800, perSecond: 150 },
]

/** What each service says; others say what ECS does. */
const REFUSALS: Record<string, () => AwsError> = {
  ec2: () => new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  route53: () => new AwsError('Throttling', 'Rate exceeded'),
  sts: () => new AwsError('Throttling', 'Rate exceeded'),
  lambda: () => new AwsError('TooManyRequestsException', 'Rate exceeded', 429),
  dynamodb: throttled,
}
/** What a service answers to a call that is one too many. */
export const throttling = (service: string): AwsError => REFUSALS[service]?.() ?? new AwsError('ThrottlingException', 'Rate exceeded')

/**
 * What AWS lets an account do at once, and by the second, where the product calls it. A call that is refused costs nothing.
 * @param quotas what it lets this account
 * @param scale how many times that: 0.2 is a fifth, for a burst a fifth as large; Infinity is no limit
 */
export function rateLimits(quotas: Pick<AccountQuotas, 'taskDefinitions'>, scale: number, now: () => number): Limit {
  if (scale === Number.POSITIVE_INFINITY) return () => undefined
  const limits = [...ecs(quotas.taskDefinitions), ...EC2, ...SSM, ...OTHERS].map(({ service, operations, burst, perSecond }) => ({
    ...{ service, operations },
    take: tokenBucket({ burst: burst * scale, perSecond: perSecond * scale }, now),
  }))
  return (service, request) => {
    const operation = callOf(service, request)?.operation ?? ''
    const found = limits.find((limit) => limit.service === service && (limit.operations?.includes(operation) ?? true))
    if (found && !found.take()) throw throttling(service)
  }
}
