import type { RunTaskCommandInput } from '@aws-sdk/client-ecs'
import * as z from 'zod'
import type { NodeRecord } from '../../clusters/node-record.ts'
import { readNodes } from '../../clusters/nodes.ts'
import { ringOf } from '../../clusters/ring-of.ts'
import { isoTime } from '../../platform/clock.ts'
import { measured } from '../../platform/metrics.ts'
import { sideBySide } from '../../platform/side-by-side.ts'
import { sk } from '../../platform/table.ts'
import { NOT_PLACED } from '../back-off.ts'
import { type Fate, FORGOTTEN_MS, fateOf } from '../fate.ts'
import { placeMembers } from '../placement.ts'
import { assertCurrent, type StepContext, type StepRun } from './context.ts'
import { type Prepared, prepare, writeDown } from './launch-records.ts'
import { MOVED } from './move-nodes.ts'

const Request = z.custom<RunTaskCommandInput>((value) => typeof value === 'object' && value !== null)

/** ECS would not take the task now; the planner tries again. */
export class NotPlaced extends Error {
  constructor(message: string) {
    super(message)
    this.name = NOT_PLACED
  }
}

/** What became of the latest attempt of each of these members, and why it ended, by ordinal. */
async function fates({ deps }: StepContext, records: NodeRecord[]): Promise<Map<number, { fate: Fate; moved: boolean }>> {
  const tasks = await deps.containers.describe(records.flatMap((record) => record.task_arn ?? []))
  const byArn = new Map(tasks.map((task) => [task.arn, task]))
  const now = deps.clock.now()
  return new Map(
    records.map((record) => {
      const task = byArn.get(record.task_arn ?? '')
      return [record.ordinal, { fate: fateOf(record, task, now), moved: task?.stoppedReason === MOVED }]
    }),
  )
}

/** A task of this member's is dead, or was stopped to be elsewhere, and another is asked for. */
function tellReplaced({ deps, cluster }: StepContext, { ordinal, az, attempt }: NodeRecord, moved: boolean): void {
  const told = { tenant: cluster.tenant_id, cluster: cluster.id, ordinal, az, attempt }
  if (moved) deps.log.info('a node is moved', told)
  else deps.log.info('a node is replaced', { ...told, ...measured(deps.clock.now(), { NodesReplaced: 1 }) })
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

const REFUSALS = 5
/**
 * ECS takes the attempt's request no more, be it that the cell has changed since: another is made. A task that it had
 * taken before would be in its lists by now, and would be stopped.
 */
const isRefused = ({ deps, cluster }: StepContext, record: NodeRecord): boolean =>
  (cluster.failures.LaunchNodes?.count ?? 0) >= REFUSALS && deps.clock.now() - Date.parse(record.updated_at) > FORGOTTEN_MS

/** The records of those of the step's members that lack a task: what is to be run now. */
async function prepareAll(context: StepContext): Promise<NodeRecord[]> {
  const { deps, table, cluster, ordinals } = context
  const { members } = ringOf(cluster.spec)
  const places = placeMembers(cluster.id, members, cluster.spec.azs)
  const records = new Map((await readNodes(table, cluster.id)).map((record) => [record.ordinal, record]))
  const wanted = members.filter((member) => ordinals.includes(member.ordinal))
  const fate = await fates(
    context,
    wanted.flatMap(({ ordinal }) => records.get(ordinal) ?? []),
  )
  // Before anything is written: a record of which nobody knows whether its task was started holds up a delete.
  await assertCurrent(context)
  const again: NodeRecord[] = []
  const prepared = wanted.flatMap((member): Prepared[] => {
    const before = records.get(member.ordinal)
    const place = places.get(member.ordinal)
    if (!place) throw new Error(`member ${member.ordinal} has no place`)
    if (!before) return [prepare(context, { ...member, id: deps.newId('node'), attempt: 1 }, place, undefined)]
    const its = fate.get(member.ordinal)?.fate
    if (its === 'unseen' || its === 'alive') return []
    if (its === 'none' && !isRefused(context, before)) {
      again.push(before)
      return []
    }
    return [prepare(context, { ...member, id: before.id, attempt: before.attempt + 1 }, place, before)]
  })
  await writeDown(context, prepared)
  for (const { record } of prepared) {
    const its = fate.get(record.ordinal)
    if (its?.fate === 'dead') tellReplaced(context, record, its.moved)
  }
  return [...again, ...prepared.map(({ record }) => record)]
}

/** Starts all members that lack a task, side by side: nodes know their credentials from the start and wait for each other. */
export const launchNodes: StepRun = async (context) => {
  const launches = await prepareAll(context)
  const refused = (await sideBySide(launches, (record) => run(context, record))).filter((reason) => reason !== undefined)
  if (refused.length > 0) throw new NotPlaced(refused.join('; '))
  return `${launches.length} nodes`
}
