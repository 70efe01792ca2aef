import * as z from 'zod'
import type { EcsEvent } from '../ecs/events.ts'
import { shortId } from '../faults/subject.ts'
import type { EventEntry } from './activity.ts'

const Detail = z.object({
  taskArn: z.string().optional(),
  containerInstanceArn: z.string().optional(),
  lastStatus: z.string().optional(),
  status: z.string().optional(),
  agentConnected: z.boolean().optional(),
  stoppedReason: z.string().optional(),
})

/** An event of ECS in a line. */
export function eventOf(event: EcsEvent): Omit<EventEntry, 'at' | 'faults'> {
  const {
    taskArn = '',
    containerInstanceArn = '',
    lastStatus,
    status = '',
    agentConnected,
    stoppedReason: reason,
  } = Detail.parse(event.detail)
  if (event['detail-type'] === 'ECS Task State Change') return { about: 'task', id: shortId(taskArn), status: lastStatus ?? '', reason }
  const silent = agentConnected === false && status !== 'INACTIVE' ? { reason: 'the agent is silent' } : {}
  return { about: 'host', id: shortId(containerInstanceArn), status, ...silent }
}
