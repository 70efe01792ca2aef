/** What AWS lets one account do in one region. Where nothing else is said, a quota is the default of a grown account. */
export interface Limit {
  value: number
  /** Whether AWS raises it on request. */
  raisable: boolean
  source: string
}

const vpc = 'https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html'
const throttling = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html'
const states = 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html'

export const LIMITS = {
  /** Of an ECS cluster: a cell has one. */
  hosts: {
    value: 5_000,
    raisable: false,
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/operating-at-scale-service-quotas.html',
  },
  /** Of the /20 that a cell gives the hosts of an AZ (cdk/egress.ts), of which AWS keeps five. */
  hostAddressesPerZone: {
    value: 4_096 - 5,
    raisable: false,
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html',
  },
  /** Of the /18 for the tasks of an AZ; some are the `ring` function's. */
  nodeAddressesPerZone: {
    value: 16_384 - 5 - 50,
    raisable: false,
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html',
  },
  interfaces: { value: 5_000, raisable: true, source: vpc },
  securityGroups: { value: 2_500, raisable: true, source: vpc },
  /** Standard ones, which cost nothing. */
  parameters: {
    value: 10_000,
    raisable: false,
    source: 'https://docs.aws.amazon.com/general/latest/gr/ssm.html#limits_ssm',
  },
  /** Of a hosted zone. */
  names: { value: 10_000, raisable: true, source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html' },
  vcpus: {
    value: 5,
    raisable: true,
    source: 'https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html (new account)',
  },
  diskTib: { value: 50, raisable: true, source: 'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html' },
  concurrency: { value: 1_000, raisable: true, source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html' },
  transitionsPerSecond: { value: 5_000, raisable: true, source: states },
  startsPerSecond: { value: 300, raisable: true, source: states },
} as const satisfies Record<string, Limit>
export type LimitName = keyof typeof LIMITS

/**
 * ECS calls an account and region makes: at once, and each second from then on. AWS raises them on request; the configuration says the
 * first (`taskDefinitions`).
 */
export const BUCKETS = {
  definitions: { burst: 20, perSecond: 1, what: 'Register and deregister task definitions', source: throttling },
  tasks: { burst: 100, perSecond: 40, what: 'Run and stop tasks', source: throttling },
  reads: { burst: 100, perSecond: 20, what: 'List and describe tasks and hosts', source: throttling },
} as const
