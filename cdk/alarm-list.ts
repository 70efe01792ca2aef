import type { MetricName } from '../shared/platform/metrics.ts'
import type { MetricSpec } from './watched.ts'

/** Data as an operator reads them: nothing here knows CloudFormation. */
export interface AlarmSpec {
  /** The section of docs/runbook.md that says what to do. */
  name: string
  /** A page is for now, whatever the hour; a ticket is for the next working day. */
  severity: 'page' | 'ticket'
  /** `essential` are the ten metrics that cost nothing; the others are for `alarms: { level: 'full' }`. */
  level: 'essential' | 'full'
  /** What it means, in a sentence for whoever was woken. */
  means: string
  /** Each costs an alarm's price: CloudWatch charges by metric. */
  metrics: Record<string, MetricSpec>
  /** Of several metrics, by their names here. */
  expression?: string
  /** It is an alarm at this value or past it; below it, where it says so. */
  threshold: number
  below?: true
  /** Minutes of a period; and in how many of the last periods. */
  minutes: 1 | 5 | 15
  periods: [breaching: number, of: number]
  /** What it means that nothing is measured: with counts, that there was nothing to count. */
  missing: 'fine' | 'alarming'
}

const cell = (metric: MetricName, stat: string): Record<string, MetricSpec> => ({ value: { of: 'cell', metric, stat } })
const sum = { expression: 'SUM(METRICS())' }
const max = { expression: 'MAX(METRICS())' }
const essential = { level: 'essential', missing: 'fine' } as const
const full = { level: 'full', missing: 'fine' } as const

/** What tenants feel, or will soon. */
const ESSENTIAL: AlarmSpec[] = [
  {
    ...{ ...essential, name: 'api-failing', severity: 'page' },
    means: 'The API answers requests with 5xx: tenants cannot make, change or delete rings; rings that run are not touched.',
    metrics: { value: { of: 'gateway', metric: '5xx', stat: 'Sum' } },
    ...{ threshold: 5, minutes: 5, periods: [2, 3] },
  },
  {
    ...{ ...essential, name: 'sweep-missing', severity: 'page', missing: 'alarming' },
    means: 'The sweep of each minute does not get through: work whose hints were lost is taken up by nobody.',
    metrics: cell('OverdueSeconds', 'SampleCount'),
    ...{ threshold: 1, below: true, minutes: 5, periods: [2, 2] },
  },
  {
    ...{ ...essential, name: 'work-overdue', severity: 'page' },
    means: 'Rings, deliveries or tenants are due for minutes and the sweep does not keep up: changes and webhooks come late.',
    metrics: cell('OverdueSeconds', 'Maximum'),
    ...{ threshold: 300, minutes: 5, periods: [2, 2] },
  },
  {
    ...{ ...essential, name: 'stream-late', severity: 'page' },
    means: "The table's stream is read late: rings begin late, events and webhooks go out late, and after 24 hours they are lost.",
    metrics: {
      wake: { of: 'wake', metric: 'IteratorAge', stat: 'Maximum' },
      outbox: { of: 'outbox', metric: 'IteratorAge', stat: 'Maximum' },
    },
    ...max,
    ...{ threshold: 120_000, minutes: 1, periods: [5, 5] },
  },
  {
    ...{ ...essential, name: 'deliveries-late', severity: 'page' },
    // A retry may wait in the queue for a quarter of an hour on purpose, and that counts as age.
    means: 'Webhooks have waited in the queue for half an hour: their sender does not run, or fails.',
    metrics: { value: { of: 'deliveries', metric: 'ApproximateAgeOfOldestMessage', stat: 'Maximum' } },
    ...{ threshold: 1_800, minutes: 5, periods: [2, 2] },
  },
  {
    ...{ ...essential, name: 'undeliverable', severity: 'ticket' },
    means: 'Records of the stream, messages or events were put aside after every try: a webhook or an event of the feed may be missing.',
    metrics: { value: { of: 'undeliverable', metric: 'ApproximateNumberOfMessagesVisible', stat: 'Maximum' } },
    ...{ threshold: 1, minutes: 5, periods: [1, 1] },
  },
  {
    ...{ ...essential, name: 'capacity-short', severity: 'page' },
    means: 'A ring has waited for room on the hosts for five minutes: new rings, and nodes that died, do not come up.',
    metrics: cell('CapacityWaitSeconds', 'Maximum'),
    ...{ threshold: 300, minutes: 5, periods: [1, 1] },
  },
  {
    ...{ ...essential, name: 'operations-failing', severity: 'page' },
    means: 'Three or more creates or deletes failed within a quarter of an hour: tenants were told so.',
    metrics: cell('OperationsFailed', 'Sum'),
    ...{ threshold: 3, minutes: 15, periods: [1, 1] },
  },
  {
    ...{ ...essential, name: 'data-lost', severity: 'page' },
    means: 'A ring has lost every copy of a shard: what its tenant kept there is gone unless a host comes back with its disk.',
    metrics: cell('DataLost', 'Sum'),
    ...{ threshold: 1, minutes: 5, periods: [1, 1] },
  },
]

/** Why, and what is not felt yet. */
const FULL: AlarmSpec[] = [
  {
    ...{ ...full, name: 'api-slow', severity: 'ticket' },
    means: 'One request in a hundred takes the API two seconds or more, those that asked to wait left out.',
    metrics: cell('RequestMilliseconds', 'p99'),
    ...{ threshold: 2_000, minutes: 5, periods: [3, 3] },
  },
  {
    ...{ ...full, name: 'creates-slow', severity: 'ticket' },
    means: 'One ring in ten takes two minutes or more from its POST until it is ready.',
    metrics: cell('CreateSeconds', 'p90'),
    ...{ threshold: 120, minutes: 15, periods: [2, 2] },
  },
  {
    ...{ ...full, name: 'ring-given-up', severity: 'ticket' },
    means: 'The loop gave a ring up, and takes back what it had made: its tenant gets cluster.failed.',
    metrics: cell('RingsGivenUp', 'Sum'),
    ...{ threshold: 1, minutes: 15, periods: [1, 1] },
  },
  {
    ...{ ...full, name: 'nodes-replaced', severity: 'page' },
    means: 'Five or more nodes died within five minutes and get successors: a host or an availability zone is lost.',
    metrics: cell('NodesReplaced', 'Sum'),
    ...{ threshold: 5, minutes: 5, periods: [1, 1] },
  },
  {
    ...{ ...full, name: 'functions-failing', severity: 'ticket' },
    means: 'Functions fail or run out of time: what they were to do is tried again, later.',
    metrics: { each: { of: 'functions', metric: 'Errors', stat: 'Sum' } },
    ...sum,
    ...{ threshold: 5, minutes: 5, periods: [3, 3] },
  },
  {
    ...{ ...full, name: 'functions-throttled', severity: 'page' },
    means: 'Lambda refuses to run functions of the account: requests are answered with 5xx, and the loop stands still.',
    metrics: { value: { of: 'account', metric: 'Throttles', stat: 'Sum' } },
    ...{ threshold: 10, minutes: 5, periods: [2, 3] },
  },
  {
    ...{ ...full, name: 'concurrency-short', severity: 'ticket' },
    means: 'Four fifths of the functions that the account may run at once run, or are set aside.',
    metrics: {
      claimed: { of: 'account', metric: 'ClaimedAccountConcurrency', stat: 'Maximum' },
      used: { of: 'account', metric: 'ConcurrentExecutions', stat: 'Maximum' },
    },
    expression: '100 * claimed / SERVICE_QUOTA(used)',
    ...{ threshold: 80, minutes: 5, periods: [2, 3] },
  },
  {
    ...{ ...full, name: 'loop-failing', severity: 'ticket' },
    means: 'Executions of the loop end by an error: their rings wait until the lease runs out and the sweep starts another.',
    metrics: {
      failed: { of: 'loop', metric: 'ExecutionsFailed', stat: 'Sum' },
      timedOut: { of: 'loop', metric: 'ExecutionsTimedOut', stat: 'Sum' },
      aborted: { of: 'loop', metric: 'ExecutionsAborted', stat: 'Sum' },
    },
    ...sum,
    ...{ threshold: 3, minutes: 15, periods: [1, 1] },
  },
  {
    ...{ ...full, name: 'loop-throttled', severity: 'ticket' },
    means: 'Step Functions holds the loop back: the account makes more state transitions than it may.',
    metrics: { value: { of: 'loop', metric: 'ExecutionThrottled', stat: 'Sum' } },
    ...{ threshold: 1, minutes: 5, periods: [3, 3] },
  },
  {
    ...{ ...full, name: 'deliveries-piling', severity: 'ticket' },
    means: 'Thousands of webhooks wait for a sender: more come in than go out.',
    metrics: { value: { of: 'deliveries', metric: 'ApproximateNumberOfMessagesVisible', stat: 'Maximum' } },
    ...{ threshold: 5_000, minutes: 5, periods: [3, 3] },
  },
  {
    ...{ ...full, name: 'receivers-failing', severity: 'ticket' },
    means: 'Nine in ten attempts at webhooks fail: either a tenant with many events is down, or nothing of ours gets out.',
    metrics: {
      failed: { of: 'cell', metric: 'AttemptsFailed', stat: 'Sum' },
      attempts: { of: 'cell', metric: 'DeliveryLateSeconds', stat: 'SampleCount' },
    },
    expression: 'IF(attempts >= 20, 100 * failed / attempts, 0)',
    ...{ threshold: 90, minutes: 15, periods: [2, 2] },
  },
  {
    ...{ ...full, name: 'table-throttled', severity: 'ticket' },
    means: 'DynamoDB refuses reads or writes for their number: requests are slow or answered with 503, the loop tries again.',
    metrics: {
      reads: { of: 'table', metric: 'ReadThrottleEvents', stat: 'Sum' },
      writes: { of: 'table', metric: 'WriteThrottleEvents', stat: 'Sum' },
      due: { of: 'due-index', metric: 'WriteThrottleEvents', stat: 'Sum' },
    },
    ...sum,
    ...{ threshold: 10, minutes: 5, periods: [2, 3] },
  },
  {
    ...{ ...full, name: 'table-failing', severity: 'ticket' },
    means: 'DynamoDB fails by itself (5xx): what is asked of it is tried again.',
    metrics: { each: { of: 'table-calls', metric: 'SystemErrors', stat: 'Sum' } },
    ...sum,
    ...{ threshold: 5, minutes: 5, periods: [2, 3] },
  },
  {
    ...{ ...full, name: 'agents-silent', severity: 'page' },
    means: 'ECS has had no word from a host for five minutes: nodes on it run, but one that dies gets no successor.',
    metrics: cell('HostsSilent', 'Minimum'),
    ...{ threshold: 1, minutes: 1, periods: [5, 5] },
  },
  {
    ...{ ...full, name: 'orphans', severity: 'ticket' },
    means: 'The comparison of each day found what AWS and the table do not agree on: things that no ring wants, or that a ring lacks.',
    metrics: cell('Orphans', 'Maximum'),
    ...{ threshold: 1, minutes: 15, periods: [1, 1] },
  },
  {
    ...{ ...full, name: 'hosts-impaired', severity: 'ticket' },
    means: 'EC2 finds a host impaired: Auto Scaling replaces it, and its nodes get successors elsewhere.',
    metrics: { each: { of: 'hosts', metric: 'StatusCheckFailed', stat: 'Maximum' } },
    ...max,
    ...{ threshold: 1, minutes: 5, periods: [2, 2] },
  },
  {
    ...{ ...full, name: 'vcpus-short', severity: 'ticket' },
    means: 'The account runs four fifths of the vCPUs that it may run: soon no further host starts.',
    metrics: { used: { of: 'vcpus', metric: 'ResourceCount', stat: 'Maximum' } },
    expression: '100 * used / SERVICE_QUOTA(used)',
    ...{ threshold: 80, minutes: 15, periods: [1, 1] },
  },
]

/** Every alarm of a cell. */
export const ALARMS: readonly AlarmSpec[] = [...ESSENTIAL, ...FULL]
