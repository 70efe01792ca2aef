/** Takes the bytes of one log event. */
export type LogEvents = (bytes: number) => void

/** What CloudWatch Logs adds to each event: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Troubleshooting.html */
const OVERHEAD_BYTES = 26
export const weighed = (line: string): number => Buffer.byteLength(line) + OVERHEAD_BYTES

const ID = '00000000-0000-4000-8000-000000000000'
const TIME = '2026-01-01T00:00:00.000Z'
/** As Lambda writes them in its JSON format: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html */
const START = { time: TIME, type: 'platform.start', record: { requestId: ID, version: '$LATEST' } }
const INIT = {
  time: TIME,
  type: 'platform.initStart',
  record: {
    ...{ initializationType: 'on-demand', phase: 'init', runtimeVersion: 'nodejs:24.v10', functionVersion: '$LATEST' },
    runtimeVersionArn: `arn:aws:lambda:us-east-1::runtime:${'0'.repeat(64)}`,
  },
}
const REPORT = {
  time: TIME,
  type: 'platform.report',
  record: {
    requestId: ID,
    metrics: { durationMs: 123.456, billedDurationMs: 124, memorySizeMB: 1024, maxMemoryUsedMB: 128, initDurationMs: 234.567 },
    tracing: {
      spanId: '0'.repeat(16),
      type: 'X-Amzn-Trace-Id',
      value: `Root=1-${'0'.repeat(8)}-${'0'.repeat(24)};Parent=${'0'.repeat(16)};Sampled=1`,
    },
    status: 'success',
  },
}
const bytesOf = (event: object): number => weighed(JSON.stringify(event))
const EACH = bytesOf(START) + bytesOf(REPORT)

/** One line of the API's access log, about as long as `cdk/gateway.ts` has it. */
const ACCESS = weighed(
  JSON.stringify({
    ...{ request_id: 'AAAAAAAAAAAAAAA=', time: '01/Jan/2026:00:00:00 +0000', method: 'DELETE', path: `/v1/clusters/clu_${'0'.repeat(26)}` },
    ...{ status: '202', ms: '1234', source_ip: '255.255.255.255', error: '-' },
  }),
)

/** What AWS itself writes about one invocation; of the sweep's it is told to write nothing (cdk/function.ts). */
export const platformBytes = (functionName: string, started: boolean): number =>
  functionName.endsWith('-sweep') ? 0 : EACH + (started ? bytesOf(INIT) : 0) + (functionName.endsWith('-api') ? ACCESS : 0)
