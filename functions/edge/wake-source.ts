import * as z from 'zod'
import { starterOf } from '../../shared/clusters/naming.ts'
import { clusterOf, type TenantId, tenantOf } from '../../shared/platform/table.ts'

/** A reason to look at a cluster: its own item changed (`noted` already), or ECS told something of one of its tasks. */
export interface Reason {
  tenant: TenantId
  clusterId: string
  noted: boolean
  /** A task of its runs and is meant to: that is news of a cluster that was taken back, too. */
  runs: boolean
  /** Of a stream record: what is reported back when it could not be handled. */
  sequenceNumber?: string
}

const Text = z.object({ S: z.string() })
const Count = z.object({ N: z.string() })
const Image = z.object({ wake: Count, generation: Count })
/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
const StreamRecord = z.object({
  eventSource: z.literal('aws:dynamodb'),
  dynamodb: z.object({
    SequenceNumber: z.string(),
    Keys: z.object({ pk: Text, sk: Text }),
    NewImage: Image.optional(),
    OldImage: Image.optional(),
  }),
})
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
const TaskEvent = z.object({
  source: z.literal('aws.ecs'),
  detail: z.object({ startedBy: z.string().optional(), lastStatus: z.string(), desiredStatus: z.string() }),
})
const WakeEvent = z.union([z.object({ Records: z.array(StreamRecord) }), TaskEvent])

function ofRecord({ dynamodb }: z.infer<typeof StreamRecord>): Reason[] {
  const { Keys, NewImage, OldImage, SequenceNumber } = dynamodb
  const unchanged = NewImage?.wake.N === OldImage?.wake.N && NewImage?.generation.N === OldImage?.generation.N
  const tenant = tenantOf(Keys.pk.S)
  if (!tenant || !NewImage || unchanged) return []
  return [{ tenant, clusterId: clusterOf(Keys.sk.S), noted: true, runs: false, sequenceNumber: SequenceNumber }]
}

function ofTask({ detail }: z.infer<typeof TaskEvent>): Reason[] {
  const starter = starterOf(detail.startedBy)
  const runs = detail.lastStatus === 'RUNNING' && detail.desiredStatus === 'RUNNING'
  return starter ? [{ ...starter, noted: false, runs }] : []
}

export function reasonsOf(input: unknown): Reason[] {
  const event = WakeEvent.parse(input)
  return 'Records' in event ? event.Records.flatMap(ofRecord) : ofTask(event)
}
