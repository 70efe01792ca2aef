/**
 * List prices in USD for us-east-1, on demand and before tax, of what the template uses and of what a tenant could buy elsewhere. This
 * is the one place where money comes from. No free allowance is taken off: where AWS gives one to every account and for good, it is
 * named in `free` and shown beside.
 */

/** Where a price was read. `[L]` is AWS' own price list (https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html). */
const SOURCES = {
  karpenter: '[L] as generated into aws/karpenter-provider-aws, pkg/providers/pricing/zz_generated.pricing_aws.go, on 2026-07-20',
  list0714: '[L] of 2026-07-14, as published in a cost sheet for us-east-1',
  list0731: '[L] of 2026-07-31, read again 2026-08',
  list0911: '[L] of 2026-09-11; the same in every region',
  list1002: '[L] of 2026-10-02, as published in a table of ElastiCache nodes',
  dynamodb: 'https://aws.amazon.com/dynamodb/pricing/on-demand/, 2026',
  states: 'https://aws.amazon.com/step-functions/pricing/, 2026',
  lambda: 'https://aws.amazon.com/lambda/pricing/, 2026-07-09',
  gateway: 'https://aws.amazon.com/api-gateway/pricing/, 2026',
  sqs: 'https://aws.amazon.com/sqs/pricing/, 2026',
  watch: 'https://aws.amazon.com/cloudwatch/pricing/, 2026',
  xray: 'https://aws.amazon.com/xray/pricing/, 2026',
  kms: 'https://aws.amazon.com/kms/pricing/, 2026',
  route53: 'https://aws.amazon.com/route53/pricing/, 2026, and [L]',
  ebs: 'https://aws.amazon.com/ebs/pricing/, 2026',
  vpc: 'https://aws.amazon.com/vpc/pricing/, 2026-06',
  transfer: 'https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer, 2026-06',
  ssm: 'https://aws.amazon.com/systems-manager/pricing/, 2026',
  plans: 'c3x.dev/blog/reserved-instances-vs-savings-plans, 2026: about 27 % off for any family',
  audits: 'a published audit of AWS bills reckons 27 % for one year without upfront, 2026',
  cacheless: 'usage.ai, ElastiCache Serverless, 2026-06, and cur.vantage.sh: metered for 100 MB at least',
  redisApi: 'answers of the Redis Cloud API in RedisLabs/rediscloud-go-api (2026-07-17), us-west-1 and eu-west-1',
  redisPro: 'codeables.dev, 2026, and the Redis Cloud API: 0.274 USD an hour',
} as const

export interface ListPrice {
  usd: number
  /** What one costs that. */
  per: string
  /** A second one only where it says the same. */
  sources: readonly (keyof typeof SOURCES)[]
  /** What is not taken off. */
  free?: string
}

const MILLION = 1_000_000
const perMillion = (usd: number): number => usd / MILLION

/** What the template uses. */
export const PRICES = {
  lambdaGbSecond: { usd: 0.0000133334, per: 'GB-second on Arm, start included', sources: ['lambda', 'list0911'], free: '400,000 a month' },
  lambdaRequest: { usd: perMillion(0.2), per: 'invocation', sources: ['lambda', 'list0911'], free: 'a million a month' },
  transition: { usd: 0.000025, per: 'state transition (Standard), retries too', sources: ['states'], free: '4,000 a month' },
  writeUnit: { usd: perMillion(0.625), per: 'write unit', sources: ['dynamodb', 'list0731'] },
  readUnit: { usd: perMillion(0.125), per: 'read unit', sources: ['dynamodb', 'list0731'] },
  tableGbMonth: { usd: 0.25, per: 'GB-month of table and index', sources: ['dynamodb', 'list0731'], free: '25 GB' },
  backupGbMonth: { usd: 0.2, per: 'GB-month of point-in-time recovery', sources: ['dynamodb', 'list0731'] },
  apiRequest: { usd: perMillion(1), per: 'request to an HTTP API, of 512 KB', sources: ['gateway'] },
  queueRequest: { usd: perMillion(0.4), per: 'request to SQS, of 64 KB', sources: ['sqs', 'list0911'], free: 'a million a month' },
  logGb: { usd: 0.5, per: 'GB of log taken in', sources: ['watch', 'list0714'], free: '5 GB a month' },
  logGbMonth: { usd: 0.03, per: 'GB-month of log kept', sources: ['watch', 'list0714'] },
  metricMonth: { usd: 0.3, per: 'custom metric and month', sources: ['watch'], free: 'ten' },
  alarmMonth: { usd: 0.1, per: 'alarm on one metric and month', sources: ['watch', 'list0911'], free: 'ten' },
  dashboardMonth: { usd: 3, per: 'dashboard and month', sources: ['watch'], free: 'three' },
  trace: { usd: perMillion(5), per: 'trace recorded by X-Ray', sources: ['xray'], free: '100,000 a month' },
  keyMonth: { usd: 1, per: 'customer managed key and month', sources: ['kms', 'list0714'] },
  keyRequest: { usd: 0.000003, per: 'request to KMS', sources: ['kms'], free: '20,000 a month' },
  zoneMonth: { usd: 0.5, per: 'private hosted zone and month', sources: ['route53'] },
  parameterMonth: { usd: 0, per: 'standard parameter of SSM and month', sources: ['ssm'] },
  diskGbMonth: { usd: 0.08, per: 'GB-month of gp3', sources: ['ebs', 'list0714'] },
  publicAddressHour: { usd: 0.005, per: 'public IPv4 address and hour', sources: ['vpc', 'list0714'] },
  natHour: { usd: 0.045, per: 'NAT gateway and hour', sources: ['vpc', 'list0714'] },
  endpointHour: { usd: 0.01, per: 'interface endpoint, AZ and hour', sources: ['vpc'] },
  betweenZonesGb: { usd: 0.02, per: 'GB between AZs: 0.01 out of the one and 0.01 into the other', sources: ['transfer', 'vpc'] },
} as const satisfies Record<string, ListPrice>
export type PriceName = keyof typeof PRICES

/** What a tenant could have instead. */
export const PEERS = {
  redisCloud1GbOneZone: { usd: 23, per: 'Redis Cloud Essentials, 1 GB with its replica in one zone, and month', sources: ['redisApi'] },
  redisCloudProLeast: { usd: 200, per: 'Redis Cloud Pro (cluster API, zones), least bill of a month', sources: ['redisPro'] },
  elastiCacheT4gMicro: { usd: 0.0128, per: 'cache.t4g.micro (0.5 GiB), Valkey, and hour', sources: ['list1002'] },
  serverlessGbHour: { usd: 0.084, per: 'GB-hour of ElastiCache Serverless for Valkey, of 0.1 GB at least', sources: ['cacheless'] },
} as const satisfies Record<string, ListPrice>

interface InstancePrice {
  vcpus: number
  memoryMib: number
  /** USD an hour, Linux, on demand. */
  usdHour: number
}

const instance = (vcpus: number, gib: number, usdHour: number): InstancePrice => ({ vcpus, memoryMib: gib * 1024, usdHour })

/** All from `karpenter`; the r7g, m7g and r8g ones agree with five published tables of 2026. */
export const INSTANCES: Readonly<Record<string, InstancePrice>> = {
  't4g.nano': instance(2, 0.5, 0.0042),
  't4g.micro': instance(2, 1, 0.0084),
  't4g.small': instance(2, 2, 0.0168),
  't4g.medium': instance(2, 4, 0.0336),
  'c6g.medium': instance(1, 2, 0.034),
  'c6g.large': instance(2, 4, 0.068),
  'c6g.xlarge': instance(4, 8, 0.136),
  'c6g.2xlarge': instance(8, 16, 0.272),
  'c6g.4xlarge': instance(16, 32, 0.544),
  'c7g.medium': instance(1, 2, 0.0363),
  'c7g.large': instance(2, 4, 0.0725),
  'c7g.xlarge': instance(4, 8, 0.145),
  'c7g.2xlarge': instance(8, 16, 0.29),
  'c7g.4xlarge': instance(16, 32, 0.58),
  'm6g.medium': instance(1, 4, 0.0385),
  'm6g.large': instance(2, 8, 0.077),
  'm6g.xlarge': instance(4, 16, 0.154),
  'm6g.2xlarge': instance(8, 32, 0.308),
  'm6g.4xlarge': instance(16, 64, 0.616),
  'm7g.medium': instance(1, 4, 0.0408),
  'm7g.large': instance(2, 8, 0.0816),
  'm7g.xlarge': instance(4, 16, 0.1632),
  'm7g.2xlarge': instance(8, 32, 0.3264),
  'm7g.4xlarge': instance(16, 64, 0.6528),
  'r6g.medium': instance(1, 8, 0.0504),
  'r6g.large': instance(2, 16, 0.1008),
  'r6g.xlarge': instance(4, 32, 0.2016),
  'r6g.2xlarge': instance(8, 64, 0.4032),
  'r6g.4xlarge': instance(16, 128, 0.8064),
  'r7g.medium': instance(1, 8, 0.0536),
  'r7g.large': instance(2, 16, 0.1071),
  'r7g.xlarge': instance(4, 32, 0.2142),
  'r7g.2xlarge': instance(8, 64, 0.4284),
  'r7g.4xlarge': instance(16, 128, 0.8568),
  'r8g.medium': instance(1, 8, 0.05891),
  'r8g.large': instance(2, 16, 0.11782),
  'r8g.xlarge': instance(4, 32, 0.23564),
  'r8g.2xlarge': instance(8, 64, 0.47128),
  'r8g.4xlarge': instance(16, 128, 0.94256),
}

/**
 * What is left of an instance's price with a Compute Savings Plan of one year and nothing upfront. A rule of thumb of two sources, not
 * of the price list: it differs by family.
 */
export const SAVINGS_PLAN = { share: 0.73, sources: ['plans', 'audits'] } as const

/** What AWS bills a month as. */
export const HOURS_A_MONTH = 730

/** @throws for a type that has no price here */
export function instancePrice(type: string): InstancePrice {
  const found = INSTANCES[type]
  if (!found) throw new Error(`cdk/aws-prices.ts has no price of ${type}: add one, with its source`)
  return found
}

/** Where a price is from; one source alone is said to be one. */
export function sourcesOf({ sources }: Pick<ListPrice, 'sources'>): string {
  return `${sources.map((source) => SOURCES[source]).join('; ')}${sources.length === 1 ? ' (one source)' : ''}`
}
