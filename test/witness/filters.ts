import * as z from 'zod'
import { readStack } from './assembly.ts'
import { rawAws } from './aws.ts'
import type { Target } from './cdk-cli.ts'

const Mapping = z.object({ FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })) }) })
const Matched = z.object({ Result: z.boolean() })

const record = (eventName: string, sk: string, image: Record<string, { S: string }> = {}) => ({
  eventName,
  dynamodb: { Keys: { pk: { S: 'TENANT#t' }, sk: { S: sk } }, NewImage: { sk: { S: sk }, ...image } },
})
/** Records of the table's stream, and how many of all the stream filters take each. */
const RECORDS: [what: string, record: object, filters: number][] = [
  ['a new cluster', record('INSERT', 'CLUSTER#c'), 1],
  ['a cluster that nobody works on', record('MODIFY', 'CLUSTER#c'), 1],
  ['a cluster that somebody works on', record('MODIFY', 'CLUSTER#c', { lease_holder: { S: 'e' } }), 0],
  ['a cluster that is gone', record('REMOVE', 'CLUSTER#c'), 0],
  ['a new event', record('INSERT', 'EVT#e'), 1],
  ['an old event', record('MODIFY', 'EVT#e'), 0],
  ['a delivery', record('INSERT', 'DLV#d'), 0],
  ['a delivery that was asked for', record('MODIFY', 'DLV#d', { asked_at: { S: 'now' } }), 1],
  ['a node', record('INSERT', 'NODE#n'), 0],
]

/** The filters as they are in the template, nothing stripped, judged by the emulator's EventBridge: Lambda's filters are its patterns. */
export async function filtersTake(outDir: string, { url, region }: Target) {
  const { template } = await readStack(outDir)
  const aws = rawAws(url, region)
  const patterns = Object.values(template.Resources).flatMap(({ Properties }) => {
    const mapping = Mapping.safeParse(Properties)
    return mapping.success ? mapping.data.FilterCriteria.Filters.map(({ Pattern }) => Pattern) : []
  })
  const around = { id: '1', account: '1', source: 'witness', time: '2026-01-01T00:00:00Z', region, resources: [], 'detail-type': 'witness' }
  for (const [what, detail, wanted] of RECORDS) {
    const Event = JSON.stringify({ ...around, detail })
    const answers = await Promise.all(
      patterns.map((pattern) => aws.json('events', 'AWSEvents.TestEventPattern', { EventPattern: `{"detail":${pattern}}`, Event })),
    )
    const taken = answers.filter((answer) => Matched.parse(answer).Result).length
    if (taken !== wanted) throw new Error(`${what} is taken by ${taken} filters in place of ${wanted}`)
  }
  return { seen: `${RECORDS.length} records of the stream, each taken or left as it should be`, found: true }
}
