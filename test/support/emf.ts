import { Ajv } from 'ajv'
import * as z from 'zod'
import { jsonLog, type Log } from '../../shared/platform/log.ts'

const UNITS = ['Seconds', 'Microseconds', 'Milliseconds', 'Bytes', 'Kilobytes', 'Megabytes', 'Percent', 'Count', 'Count/Second', 'None']
const name = (maxLength: number) => ({ type: 'string', pattern: '^[\\x20-\\x7e]*[\\x21-\\x7e][\\x20-\\x7e]*$', minLength: 1, maxLength })

/**
 * The specification, by hand. "Unless otherwise noted, objects defined by this specification MUST NOT contain any additional members":
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const EMF = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      additionalProperties: false,
      properties: {
        Timestamp: { type: 'integer', minimum: 1_000_000_000_000 },
        CloudWatchMetrics: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            additionalProperties: false,
            properties: {
              Namespace: { ...name(1024), not: { pattern: '^AWS/' } },
              Dimensions: { type: 'array', minItems: 1, items: { type: 'array', maxItems: 30, items: name(250) } },
              Metrics: {
                type: 'array',
                minItems: 1,
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name'],
                  additionalProperties: false,
                  properties: { Name: name(1024), Unit: { enum: UNITS }, StorageResolution: { enum: [1, 60] } },
                },
              },
            },
          },
        },
      },
    },
  },
}
const validate = new Ajv({ allErrors: true }).compile(EMF)

const Line = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
})

export interface Datum {
  namespace: string
  name: string
  unit: string
  value: number
  dimensions: Record<string, string>
  /** The line that it stands in. */
  line: Record<string, unknown>
}

/** At most 256 KB are taken; each member that is pointed at must be there, a number or a text of up to 1,024 characters. */
function dataOf(text: string): Datum[] {
  const line: unknown = JSON.parse(text)
  if (typeof line !== 'object' || line === null || !('_aws' in line)) return []
  if (!validate(line)) throw new Error(`not in the embedded metric format: ${JSON.stringify(validate.errors)}\n${text}`)
  if (text.includes('\n') || Buffer.byteLength(text) > 256 * 1024) throw new Error('a line that CloudWatch would cut')
  const parsed = Line.parse(line)
  return parsed._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((set) => {
      const dimensions = Object.fromEntries(set.map((key) => [key, z.string().min(1).max(1024).parse(parsed[key])]))
      return Metrics.map(({ Name, Unit }) => ({
        ...{ namespace: Namespace, name: Name, unit: Unit, dimensions, line: parsed },
        value: z.number().parse(parsed[Name]),
      }))
    }),
  )
}

/** The logger of a deployed function, and what CloudWatch would read out of its lines. */
export function givenMeasures(name = 'test'): { log: Log; lines: string[]; data: () => Datum[]; of: (metric: string) => Datum[] } {
  const lines: string[] = []
  const log = jsonLog({ function: name, cell: 'cell-1' }, (line) => lines.push(line))
  const data = () => lines.flatMap(dataOf)
  return { log, lines, data, of: (metric) => data().filter((datum) => datum.name === metric) }
}
