import type { Resources } from '../clusters/record.ts'
import { ringOf } from '../clusters/ring-of.ts'
import { isoTime } from '../platform/clock.ts'
import { backOff } from './back-off.ts'
import { waiting } from './conditions.ts'
import { withinDeadline } from './deadline.ts'
import { fateOf } from './fate.ts'
import { leaveHosts } from './leave-hosts.ts'
import type { Step, StepName } from './model.ts'
import type { Observed, ObservedNode, Plan } from './observed.ts'
import { patient, waitFor } from './patience.ts'
import { planTakeDown } from './plan-take-down.ts'
import { neverStarted, toldOfStop } from './told.ts'

/** A sentence names so many nodes. */
const NAMED = 10
/** A member that never stays up gives the operation up after so many tasks; a cluster that has served goes on trying. */
const MAX_ATTEMPTS = 5
/** Nodes that do not run after this long are waited for without holding the lease: ECS' event wakes the loop. */
const PATIENCE_MS = 45_000
const PARKED_MS = 60_000

const since = (node: ObservedNode, now: number): number => now - Date.parse(node.record?.updated_at ?? isoTime(now))
const ordinals = (nodes: ObservedNode[]): number[] => nodes.map((node) => node.member.ordinal)

function lacksTask({ record, task }: ObservedNode, now: number): boolean {
  return !record || ['none', 'dead'].includes(fateOf(record, typeof task === 'object' ? task : undefined, now))
}

/** Runs, and its record says where. */
function inPlace(node: ObservedNode): boolean {
  const { task, record } = node
  return typeof task === 'object' && task.phase === 'running' && task.address !== undefined && record?.address === task.address
}

/** Until its turn comes a ring is looked at this often: an execution cannot be woken while it waits. */
const TURN_LOOK_MS = 30_000

/** What can be made now; a wait where that is nothing but what has to wait for its turn. */
function prepare(unprepared: Step[], { definition_turn_at: turn }: Resources, now: number): Plan {
  const leftMs = turn === undefined ? 0 : Date.parse(turn) - now
  const steps = unprepared.filter(({ name }) => name !== 'DefineTask' || leftMs <= 0)
  if (steps.length > 0) return { decision: 'act', steps, waiting: waiting('PreparingResources') }
  return waitFor(Math.min(leftMs, TURN_LOOK_MS), waiting('PreparingResources', 'many are made at once, and each has its turn'), now)
}

function missingResources(o: Observed): Step[] {
  const { resources } = o.cluster
  const missing: [StepName, unknown][] = [
    ['CreateCredentials', resources.credentials_parameter],
    ['OpenNetwork', o.cluster.network === 'shared' || resources.security_group_id],
    ['DefineTask', resources.task_definition_arn],
  ]
  return missing.filter(([, made]) => made === undefined).map(([name]) => ({ name, ordinals: [] }))
}

const lastWords = (node: ObservedNode): string => (typeof node.task === 'object' ? toldOfStop(node.task.stoppedReason) : 'unknown to ECS')

/** The operation's own deadline is the end of that. */
const hadNoChance = ({ task }: ObservedNode): boolean => typeof task === 'object' && neverStarted(task.stoppedReason)

/** Launches what lacks a task, each member a little later with every attempt. */
function launch(o: Observed, lacking: ObservedNode[], now: number): Plan {
  const hopeless =
    o.cluster.ready_at === undefined &&
    lacking.find((node) => (node.record?.attempt ?? 0) >= MAX_ATTEMPTS && node.record?.task_arn && !hadNoChance(node))
  if (hopeless) {
    const message = `Node ${hopeless.member.ordinal} stopped ${MAX_ATTEMPTS} times, the last time with: ${lastWords(hopeless)}`
    return { decision: 'give-up', failure: { code: 'node_failed', message } }
  }
  const delayMs = (node: ObservedNode): number => (node.record?.task_arn ? Math.min(60_000, 1000 * 2 ** (node.record.attempt - 1)) : 0)
  const leftMs = (node: ObservedNode): number => delayMs(node) - since(node, now)
  const ripe = lacking.filter((node) => leftMs(node) <= 0)
  if (ripe.length > 0)
    return { decision: 'act', steps: [{ name: 'LaunchNodes', ordinals: ordinals(ripe) }], waiting: waiting('LaunchingNodes') }
  return waitFor(Math.min(...lacking.map(leftMs)), waiting('BackingOff', 'a node stopped and is started again'), now)
}

function awaitNodes(absent: ObservedNode[], now: number): Plan {
  const starting = absent.filter((node) => typeof node.task === 'object' && node.task.host === undefined)
  const nodes = `${absent.length} of them: ${ordinals(absent).slice(0, NAMED).join(', ')}${absent.length > NAMED ? ', ...' : ''}`
  const reason = starting.length > 0 ? waiting('WaitingForCapacity', nodes) : waiting('WaitingForNodes', nodes)
  if (absent.every((node) => since(node, now) > PATIENCE_MS && !(typeof node.task === 'object' && node.task.phase === 'running'))) {
    return waitFor(PARKED_MS, reason, now)
  }
  return { decision: 'act', steps: [{ name: 'AwaitNodes', ordinals: ordinals(absent) }], waiting: reason }
}

/** How often a ring that has lost data is looked at again: its nodes may come back with their disks. */
const LOST_MS = 300_000

/** Events say when a node of a ready ring dies, but may be lost: it is looked at now and then without one. */
const LOOK_AGAIN_MS = 3_600_000

/** All members run: what the engine asks for, and the names beside it. */
function formRing(o: Observed, now: number): Plan {
  const addresses = o.nodes.flatMap((node) => node.record?.address ?? []).sort()
  const published = o.cluster.resources.published_addresses ?? []
  const names: Step[] =
    o.cluster.network === 'shared' || addresses.join() === published.join() ? [] : [{ name: 'PublishNames', ordinals: [] }]
  const ringSteps: Step[] = (o.ring?.steps ?? []).map(({ step, ordinals: of }) => ({ name: step, ordinals: of }))
  const lost = o.ring?.lost ?? []
  const reason = lost.length > 0 ? waiting('DataLost', `shards ${lost.join(', ')}`) : waiting('FormingRing', o.ring?.waitingFor)
  // What was only ever in memory cannot come back: such a ring begins anew where it has lost all copies.
  if (lost.length > 0 && ringOf(o.cluster.spec).persistent) return waitFor(LOST_MS, reason, now)
  const steps = [...ringSteps, ...names]
  if (steps.length > 0) return { decision: 'act', steps, waiting: reason }
  if (o.ring?.formed) return leaveHosts(o) ?? { decision: 'settle', outcome: 'ready', dueAt: isoTime(now + LOOK_AGAIN_MS) }
  return waitFor(1000, reason, now)
}

/**
 * Beside what is launched or awaited: where too many primaries are gone at once, none is elected, and the ring would not serve before
 * there is room for their successors. Only where those that do not run are known to be dead.
 */
function takenOver(o: Observed, next: Plan, now: number): Plan {
  const isKnown = (node: ObservedNode): boolean =>
    inPlace(node) || lacksTask(node, now) || (typeof node.task === 'object' && node.task.phase === 'starting')
  if (next.decision !== 'act' || o.cluster.ready_at === undefined || !o.nodes.every(isKnown)) return next
  // Where these fail, they are waited with: it was done beside their first try.
  if (next.steps.some(({ name }) => o.cluster.failures[name])) return next
  return { ...next, steps: [...next.steps, { name: 'TakeOver', ordinals: [] }] }
}

/** An address that a node has left may be another ring's before there is room for its successor: until then nobody is led there. */
function withdrawn(o: Observed, next: Plan): Plan {
  const { published_addresses: published = [] } = o.cluster.resources
  const known = new Set(o.nodes.flatMap(({ record }) => record?.address ?? []))
  if (published.every((address) => known.has(address)) || !('waiting' in next) || !next.waiting) return next
  const names: Step = { name: 'PublishNames', ordinals: [] }
  return { decision: 'act', steps: [...(next.decision === 'act' ? next.steps : []), names], waiting: next.waiting }
}

function bringUp(o: Observed, now: number): Plan {
  const unprepared = missingResources(o)
  if (unprepared.length > 0) return prepare(unprepared, o.cluster.resources, now)
  // Remove before create. A record without a task may still own one of these: its launch finds out by the client token.
  const settledRecords = o.nodes.every((node) => node.record === undefined || node.record.task_arn !== undefined)
  if (o.strays.length > 0 && settledRecords) {
    return { decision: 'act', steps: [{ name: 'StopNodes', ordinals: [] }], waiting: waiting('StoppingNodes') }
  }
  const lacking = o.nodes.filter((node) => lacksTask(node, now))
  if (lacking.length > 0) return withdrawn(o, takenOver(o, launch(o, lacking, now), now))
  const absent = o.nodes.filter((node) => !inPlace(node))
  if (absent.length > 0) return withdrawn(o, takenOver(o, awaitNodes(absent, now), now))
  return formRing(o, now)
}

/**
 * What to do next for one cluster. Pure: the same sight and the same moment give the same plan.
 * @param now epoch milliseconds
 * @param turn of the execution that asks, from 0
 */
export function plan(o: Observed, now: number, turn = 0): Plan {
  const goesAway = o.cluster.intent === 'absent' || o.cluster.failure !== undefined
  const wanted = backOff(o.cluster, goesAway ? planTakeDown(o) : bringUp(o, now), now)
  const next = patient(o, wanted, turn, now)
  return goesAway ? next : withinDeadline(o, next, now)
}
