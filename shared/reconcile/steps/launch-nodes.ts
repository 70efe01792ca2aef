import type { RunTaskCommandInput } from '@aws-sdk/client-ecs'
import * as z from 'zod'
import type { NodeRecord } from '../../clusters/node-record.ts'
import { ringOf } from '../../clusters/ring-of.ts'
import { isoTime } from '../../platform/clock.ts'
import { sk } from '../../platform/table.ts'
import { readNodes } from '../observe.ts'
import { type Place, placeMembers } from '../placement.ts'
import { assertCurrent, type StepContext, type StepRun } from './context.ts'
import { runRequest } from './run-request.ts'

const Request = z.custom<RunTaskCommandInput>((value) => typeof value === 'object' && value !== null)

/** ECS would not take the task now; the planner tries again. */
export class NotPlaced extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotPlaced'
  }
}

/** Whether the task of the record's attempt is dead for sure. */
async function stoppedTasks(context: StepContext, records: NodeRecord[]): Promise<Set<string>> {
  const arns = records.flatMap((record) => record.task_arn ?? [])
  const tasks = arns.length > 0 ? await context.deps.containers.describe(arns) : []
  const alive = new Set(tasks.filter((task) => task.phase !== 'stopped').map((task) => task.arn))
  return new Set(arns.filter((arn) => !alive.has(arn)))
}

type Attempt = Pick<NodeRecord, 'id' | 'ordinal' | 'shard' | 'role' | 'attempt'>

/** Writes down who is launched and with which exact request, before anything is asked of ECS. */
async function prepare(context: StepContext, attempt: Attempt, place: Place, before: NodeRecord | undefined): Promise<NodeRecord> {
  const { deps, table, cluster } = context
  const now = isoTime(deps.clock.now())
  const member = { ordinal: attempt.ordinal, shard: attempt.shard, role: attempt.role }
  const request = runRequest(deps.cell, cluster, { nodeId: attempt.id, attempt: attempt.attempt, member, place })
  const record: NodeRecord = {
    tenant_id: cluster.tenant_id,
    cluster_id: cluster.id,
    ...attempt,
    az: place.az,
    request: JSON.stringify(request),
    created_at: before?.created_at ?? now,
    updated_at: now,
    ...(before?.engine_node_id ? { engine_node_id: before.engine_node_id } : {}),
  }
  const unchanged = before
    ? { condition: 'attempt = :before', values: { ':before': before.attempt } }
    : { condition: 'attribute_not_exists(pk)' }
  await table.put(sk.node(cluster.id, attempt.ordinal), record, unchanged)
  return record
}

/** The same token gives the same task, so a call whose answer was lost is simply made again. */
async function run(context: StepContext, record: NodeRecord): Promise<string | undefined> {
  const answer = await context.deps.containers.run(Request.parse(JSON.parse(record.request)))
  if (!answer.placed) return `node ${record.ordinal}: ${answer.reason}`
  await context.table.update(sk.node(record.cluster_id, record.ordinal), {
    update: 'SET task_arn = :arn, updated_at = :now',
    condition: 'attempt = :attempt',
    values: { ':arn': answer.task.arn, ':now': isoTime(context.deps.clock.now()), ':attempt': record.attempt },
  })
  return undefined
}

/** Starts all members that lack a task, side by side: nodes know their credentials from the start and wait for each other. */
export const launchNodes: StepRun = async (context) => {
  const { deps, table, cluster, ordinals } = context
  const { members } = ringOf(cluster.spec)
  const places = placeMembers(cluster.id, members, cluster.spec.azs)
  const records = await readNodes(table, cluster.id)
  const stopped = await stoppedTasks(context, records)
  const wanted = members.filter((member) => ordinals.includes(member.ordinal))
  const prepared = await Promise.all(
    wanted.map((member) => {
      const before = records.find((record) => record.ordinal === member.ordinal)
      const place = places.get(member.ordinal)
      if (!place) throw new Error(`member ${member.ordinal} has no place`)
      if (!before) return prepare(context, { ...member, id: deps.newId('node'), attempt: 1 }, place, undefined)
      if (before.task_arn === undefined) return before
      if (!stopped.has(before.task_arn)) return undefined
      return prepare(context, { ...member, id: before.id, attempt: before.attempt + 1 }, place, before)
    }),
  )
  const launches = prepared.filter((record) => record !== undefined)
  await assertCurrent(context)
  const refused = (await Promise.all(launches.map((record) => run(context, record)))).filter((reason) => reason !== undefined)
  if (refused.length > 0) throw new NotPlaced(refused.join('; '))
  return `${launches.length} nodes`
}
