/**
 * What the functions measure, in CloudWatch's embedded metric format: CloudWatch reads the numbers out of log lines, so that
 * nothing is called and nothing waits. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * Each costs $0.30 a month while it is written in every hour of it, so each is one that an alarm or the dashboard shows
 * (test/cdk/alarms.test.ts). The only dimension is the cell: a tenant or a cluster as a dimension would be a metric of its own. They
 * stand beside the numbers as members of the line, where CloudWatch Logs Insights finds them.
 *
 * A fact is written where it is known to be so, after the write that makes it so. A function that dies in between does not tell
 * it; one that Lambda runs again may tell twice what is not guarded by a condition: attempts, refusals, steps that failed.
 */
export const METRICS = {
  /** From the POST until the ring was verified, for each create that succeeded: its count is theirs. */
  CreateSeconds: 'Seconds',
  /** From the DELETE until nothing was left, for each that succeeded. */
  DeleteSeconds: 'Seconds',
  /** Operations that ended failed. */
  OperationsFailed: 'Count',
  /** Operations that a tenant took back, or overtook with a delete. */
  OperationsCanceled: 'Count',
  /** Rings whose loop gave up: everything is taken back. */
  RingsGivenUp: 'Count',
  /** Steps of the loop that failed and are tried again, refusals by ECS for lack of room among them. */
  StepsFailed: 'Count',
  /** How long the ring that a look was at has waited for room on the hosts, at each look that finds it waiting for longer than usual. */
  CapacityWaitSeconds: 'Seconds',
  /** Nodes whose task was dead and that got another. */
  NodesReplaced: 'Count',
  /** Rings found to have lost every copy of a shard. */
  DataLost: 'Count',
  /** By how much the most overdue item was late, at each sweep that got through; 0 when none was. */
  OverdueSeconds: 'Seconds',
  /** How many items were overdue at such a sweep. */
  OverdueItems: 'Count',
  /** Hosts that ECS has no word from, at each sweep that could ask. */
  HostsSilent: 'Count',
  /** What AWS and the table do not agree on, by the comparison of each day. */
  Orphans: 'Count',
  /** How late an attempt at a delivery began, for each attempt: its count is theirs. */
  DeliveryLateSeconds: 'Seconds',
  /** From the event until a receiver took it, for each delivery that arrived. */
  DeliverySeconds: 'Seconds',
  /** Attempts that a receiver did not take, whoever was at fault. */
  AttemptsFailed: 'Count',
  /** Deliveries of which no further attempt is made. */
  DeliveriesGivenUp: 'Count',
  /** Webhooks that were disabled because their receiver failed for days, or said 410. */
  WebhooksDisabled: 'Count',
  /** How long the API took over each request that did not ask to wait: its count is theirs. */
  RequestMilliseconds: 'Milliseconds',
  /** Requests refused because their tenant sends too many. */
  RateRefusals: 'Count',
  /** Requests refused because their tenant has used what it may. */
  QuotaRefusals: 'Count',
  /** Requests refused because of their Idempotency-Key: still in flight, or another request's. */
  IdempotencyConflicts: 'Count',
} as const satisfies Record<string, 'Seconds' | 'Milliseconds' | 'Count'>
export type MetricName = keyof typeof METRICS

export const METRIC_NAMESPACE = 'Ringhold'
/** The member that every line of a function has: shared/platform/log.ts. */
export const METRIC_DIMENSION = 'cell'

export type Measured = Partial<Record<MetricName, number>>

/**
 * The members that make a log line carry these numbers; none when there are none.
 * @param now epoch milliseconds
 */
export function measured(now: number, values: Measured): Record<string, unknown> {
  const Metrics = Object.entries(METRICS).flatMap(([Name, Unit]) => (Name in values ? [{ Name, Unit }] : []))
  if (Metrics.length === 0) return {}
  const directive = { Namespace: METRIC_NAMESPACE, Dimensions: [[METRIC_DIMENSION]], Metrics }
  return { ...values, _aws: { Timestamp: now, CloudWatchMetrics: [directive] } }
}
