import type { FunctionName } from '../shared/platform/env.ts'
import type { MetricSpec } from './watched.ts'

/** One line of a graph; of a kind, one for each of it. */
export type Series = MetricSpec & { label: string }

interface Graph {
  title: string
  left: Series[]
  right?: Series[]
  unit?: string
  rightUnit?: string
  stacked?: boolean
  /** Of a point; five when left out. */
  minutes?: 1 | 5
}
/** A query over logs: it costs $0.005 a GB that it looks through, each time the page is opened. */
interface Query {
  title: string
  logs: FunctionName[]
  query: string[]
}
export type WidgetSpec = Graph | Query

const tenants: WidgetSpec[] = [
  {
    title: 'Requests, and what was answered',
    left: [
      { of: 'gateway', metric: 'Count', stat: 'Sum', label: 'requests' },
      { of: 'gateway', metric: '4xx', stat: 'Sum', label: '4xx' },
      { of: 'gateway', metric: '5xx', stat: 'Sum', label: '5xx' },
    ],
  },
  {
    title: 'How long a request took (those that asked to wait left out)',
    left: [
      { of: 'cell', metric: 'RequestMilliseconds', stat: 'p50', label: 'half' },
      { of: 'cell', metric: 'RequestMilliseconds', stat: 'p99', label: '99 of 100' },
    ],
    unit: 'ms',
  },
  {
    title: 'Refused by limits of tenants',
    left: [
      { of: 'cell', metric: 'RateRefusals', stat: 'Sum', label: 'too many requests (429)' },
      { of: 'cell', metric: 'QuotaRefusals', stat: 'Sum', label: 'quota used up (403)' },
      { of: 'cell', metric: 'IdempotencyConflicts', stat: 'Sum', label: 'Idempotency-Key (409, 422)' },
    ],
  },
]

const rings: WidgetSpec[] = [
  {
    title: 'Operations that ended',
    left: [
      { of: 'cell', metric: 'CreateSeconds', stat: 'SampleCount', label: 'rings made' },
      { of: 'cell', metric: 'DeleteSeconds', stat: 'SampleCount', label: 'rings deleted' },
      { of: 'cell', metric: 'OperationsFailed', stat: 'Sum', label: 'failed' },
      { of: 'cell', metric: 'OperationsCanceled', stat: 'Sum', label: 'canceled by tenants' },
    ],
  },
  {
    title: 'POST until ready',
    left: [
      { of: 'cell', metric: 'CreateSeconds', stat: 'p50', label: 'half' },
      { of: 'cell', metric: 'CreateSeconds', stat: 'p90', label: '9 of 10' },
      { of: 'cell', metric: 'CreateSeconds', stat: 'Maximum', label: 'slowest' },
    ],
    unit: 's',
  },
  {
    title: 'Rings and nodes in trouble',
    left: [
      { of: 'cell', metric: 'RingsGivenUp', stat: 'Sum', label: 'rings given up' },
      { of: 'cell', metric: 'DataLost', stat: 'Sum', label: 'rings that lost data' },
      { of: 'cell', metric: 'NodesReplaced', stat: 'Sum', label: 'nodes replaced' },
    ],
  },
  {
    title: 'Which failed, and why',
    logs: ['observe'],
    query: [
      'filter state = "failed" or ispresent(RingsGivenUp) or ispresent(DataLost)',
      'fields @timestamp, message, tenant, cluster, type, code, detail, waiting',
      'sort @timestamp desc',
      'limit 20',
    ],
  },
]

const loop: WidgetSpec[] = [
  {
    title: 'Executions and steps',
    left: [
      { of: 'loop', metric: 'ExecutionsStarted', stat: 'Sum', label: 'executions started' },
      { of: 'loop', metric: 'ExecutionsFailed', stat: 'Sum', label: 'executions failed' },
      { of: 'cell', metric: 'StepsFailed', stat: 'Sum', label: 'steps failed, tried again' },
    ],
  },
  {
    title: 'Work that is due: how late, how much',
    left: [{ of: 'cell', metric: 'OverdueSeconds', stat: 'Maximum', label: 'most overdue' }],
    right: [{ of: 'cell', metric: 'OverdueItems', stat: 'Maximum', label: 'items' }],
    ...{ unit: 's', rightUnit: 'items' },
  },
  {
    title: 'How late the stream is read',
    left: [
      { of: 'wake', metric: 'IteratorAge', stat: 'Maximum', label: 'wake' },
      { of: 'outbox', metric: 'IteratorAge', stat: 'Maximum', label: 'outbox' },
    ],
    unit: 'ms',
  },
  {
    title: 'Which steps fail',
    logs: ['step'],
    query: [
      'filter ispresent(StepsFailed)',
      'stats count(*) as failures, count_distinct(cluster) as rings by step, code',
      'sort failures desc',
    ],
  },
]

const webhooks: WidgetSpec[] = [
  {
    title: 'Attempts',
    left: [
      { of: 'cell', metric: 'DeliveryLateSeconds', stat: 'SampleCount', label: 'attempts' },
      { of: 'cell', metric: 'AttemptsFailed', stat: 'Sum', label: 'failed' },
      { of: 'cell', metric: 'DeliveriesGivenUp', stat: 'Sum', label: 'given up' },
      { of: 'cell', metric: 'WebhooksDisabled', stat: 'Sum', label: 'webhooks disabled' },
    ],
  },
  {
    title: 'How late an attempt began; event until it arrived',
    left: [
      { of: 'cell', metric: 'DeliveryLateSeconds', stat: 'p99', label: 'late, 99 of 100' },
      { of: 'cell', metric: 'DeliverySeconds', stat: 'p50', label: 'arrived, half' },
    ],
    unit: 's',
  },
  {
    title: 'The queue',
    left: [
      { of: 'deliveries', metric: 'ApproximateNumberOfMessagesVisible', stat: 'Maximum', label: 'waiting' },
      { of: 'undeliverable', metric: 'ApproximateNumberOfMessagesVisible', stat: 'Maximum', label: 'put aside' },
    ],
    right: [{ of: 'deliveries', metric: 'ApproximateAgeOfOldestMessage', stat: 'Maximum', label: 'oldest' }],
    ...{ unit: 'messages', rightUnit: 's' },
  },
]

const hosts: WidgetSpec[] = [
  {
    title: 'The longest wait for room; hosts without a word',
    left: [{ of: 'cell', metric: 'CapacityWaitSeconds', stat: 'Maximum', label: 'longest wait' }],
    right: [{ of: 'cell', metric: 'HostsSilent', stat: 'Maximum', label: 'silent hosts' }],
    ...{ unit: 's', rightUnit: 'hosts' },
  },
  {
    title: 'Asked of the hosts: above 100 % more are started',
    left: [{ of: 'providers', metric: 'CapacityProviderReservation', stat: 'Maximum', label: 'provider' }],
    unit: '%',
  },
  {
    title: 'Taken of what the hosts have',
    left: [
      { of: 'nodes', metric: 'MemoryReservation', stat: 'Average', label: 'memory' },
      { of: 'nodes', metric: 'CPUReservation', stat: 'Average', label: 'CPU' },
    ],
    unit: '%',
  },
  {
    title: 'Rings that wait for room',
    logs: ['observe'],
    query: [
      'filter ispresent(CapacityWaitSeconds)',
      'stats max(CapacityWaitSeconds) as waited, max(@timestamp) as last by cluster, tenant',
      'sort last desc',
      'limit 20',
    ],
  },
]

const platform: WidgetSpec[] = [
  {
    title: 'Table: refused for their number, and failed',
    left: [
      { of: 'table', metric: 'ReadThrottleEvents', stat: 'Sum', label: 'reads throttled' },
      { of: 'table', metric: 'WriteThrottleEvents', stat: 'Sum', label: 'writes throttled' },
    ],
  },
  {
    title: 'Functions at once, and refused',
    left: [
      { of: 'account', metric: 'ConcurrentExecutions', stat: 'Maximum', label: 'at once, in the account' },
      { of: 'account', metric: 'Throttles', stat: 'Sum', label: 'refused' },
    ],
  },
  {
    title: 'What functions say went wrong',
    logs: ['api', 'observe', 'step', 'ring', 'preview', 'wake', 'sweep', 'outbox', 'deliver'],
    query: [
      'filter level = "error" or record.status = "timeout" or record.status = "error"',
      'stats count(*) as lines, max(@timestamp) as last by function, message, record.status',
      'sort lines desc',
      'limit 20',
    ],
  },
]

/** What is paid by use, each as the bill counts it. */
const money: WidgetSpec[] = [
  {
    title: 'Table units',
    left: [
      { of: 'table', metric: 'ConsumedReadCapacityUnits', stat: 'Sum', label: 'read, $0.125 a million' },
      { of: 'table', metric: 'ConsumedWriteCapacityUnits', stat: 'Sum', label: 'write, $0.625 a million' },
    ],
  },
  {
    title: 'State transitions of the account, $25 a million',
    left: [{ of: 'transitions', metric: 'ConsumedCapacity', stat: 'Sum', label: 'transitions' }],
  },
  {
    title: 'Running functions, $0.0000133 a GB-second',
    left: [{ of: 'account', metric: 'Duration', stat: 'Sum', label: 'milliseconds, all functions of the account' }],
    right: [{ of: 'account', metric: 'Invocations', stat: 'Sum', label: 'invocations' }],
  },
]

/** From what tenants feel down to what it costs. */
export const SECTIONS: readonly { title: string; widgets: WidgetSpec[] }[] = [
  { title: 'Tenants', widgets: tenants },
  { title: 'Rings', widgets: rings },
  { title: 'The loop', widgets: loop },
  { title: 'Webhooks', widgets: webhooks },
  { title: 'Hosts', widgets: hosts },
  { title: 'Table and functions', widgets: platform },
  { title: 'What costs', widgets: money },
]
