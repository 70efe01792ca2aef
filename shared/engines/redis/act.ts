import type { Credentials, NodeView, RingCall, RingResult, Target, Wire, WireDeps } from '../engine.ts'
import { RespError } from '../resp.ts'
import { type RespSession, respSession } from '../resp-session.ts'
import { form, hasten, introduce, type Node, type Order, reunite, settle } from './orders.ts'
import { controlOf, probe, readState, unreachable, viewOf } from './probe.ts'
import { prove } from './prove.ts'
import { flawOf, isBlank } from './ring.ts'

/** Of connecting and of every answer: a node that is silent for longer is looked at again in the next round. */
const ANSWER_MS = 1000
/** Between two looks: long enough for two cores to do something else, short beside the engine's own tenth of a second. */
const pauseMs = (nodes: number): number => Math.max(15, nodes)

interface Sight {
  targets: Target[]
  nodes: Node[]
  views: NodeView[]
}
/** What to do about it. `first` comes before the orders, which are not given if it throws; after `last` the nodes are looked at without a pause. */
type Verdict = { done: true } | { done: false; waitingFor: string; orders: Order[]; first?: () => Promise<void>; last?: true }

async function look(session: RespSession, targets: Target[]): Promise<Sight> {
  const states = await session.each(
    targets.map((target) => target.ordinal),
    (connection, ordinal) => readState(ordinal, connection),
  )
  const nodes: Node[] = []
  const views = targets.map((target) => {
    const outcome = states.get(target.ordinal)
    if (!outcome?.ok) return unreachable(target.ordinal, outcome?.error)
    nodes.push({ target, state: outcome.value })
    return viewOf(outcome.value)
  })
  return { targets, nodes, views }
}

/** Tells every node its part, unless it has become another since it was looked at. Answers the last refusal, for the curious. */
async function send(session: RespSession, { nodes }: Sight, orders: Order[]): Promise<string | undefined> {
  const ids = new Map(nodes.map(({ target, state }) => [target.ordinal, state.engine_node_id]))
  const concerned = [...new Set(orders.map((order) => order.ordinal))]
  const outcomes = await session.each(concerned, async (connection, ordinal) => {
    if ((await connection.call('CLUSTER', 'MYID')) !== ids.get(ordinal)) return []
    return connection.pipeline(orders.filter((order) => order.ordinal === ordinal).map((order) => order.command))
  })
  const refusals = [...outcomes].flatMap(([ordinal, outcome]) => {
    const errors = outcome.ok ? outcome.value.filter((reply) => reply instanceof RespError) : [outcome.error]
    return errors.map((error) => `node ${ordinal} says: ${Error.isError(error) ? error.message : String(error)}`)
  })
  return refusals.at(-1)
}

/** Looks and orders in turn until it is done or too late. */
async function pursue(deps: WireDeps, call: RingCall, targets: Target[], decide: (sight: Sight) => Verdict): Promise<RingResult> {
  const session = respSession(new Map(targets.map((target) => [target.ordinal, controlOf(target, call.credentials)])), ANSWER_MS)
  const isLate = (): boolean => deps.now() >= call.notAfter
  let views: NodeView[] = []
  let waitingFor = 'a first look at the nodes'
  try {
    while (!isLate()) {
      const sight = await look(session, targets)
      views = sight.views
      const verdict = decide(sight)
      if (verdict.done) return { done: true, views }
      waitingFor = verdict.waitingFor
      try {
        if (verdict.first && !isLate()) await verdict.first()
        const refusal = isLate() ? undefined : await send(session, sight, verdict.orders)
        if (refusal) waitingFor = `${verdict.waitingFor} (${refusal})`
      } catch (error) {
        waitingFor = `${verdict.waitingFor} (${Error.isError(error) ? error.message : String(error)})`
      }
      if (!verdict.last || waitingFor !== verdict.waitingFor) await deps.sleep(pauseMs(targets.length))
    }
    return { done: false, waitingFor, views }
  } finally {
    session.close()
  }
}

const isSettled = (views: NodeView[]): boolean => views.every((view) => view.reachable && view.settled)

/** A ring that never served its tenant, or that has nothing left: formed, proven with the tenant's password, then settled, then looked at once more. */
function formDecider(credentials: Credentials): (sight: Sight) => Verdict {
  let proven = false
  return ({ targets, nodes, views }) => {
    const flaw = flawOf(targets, views)
    if (flaw !== undefined) {
      const everyoneAnswered = nodes.length === targets.length
      return { done: false, waitingFor: flaw, orders: everyoneAnswered ? form(nodes) : [] }
    }
    if (proven && isSettled(views)) return { done: true }
    const first = async (): Promise<void> => {
      await prove(nodes, credentials, ANSWER_MS)
      proven = true
    }
    return {
      done: false,
      waitingFor: 'a write and a read as the tenant on every shard',
      orders: settle(nodes),
      last: true,
      ...(proven ? {} : { first }),
    }
  }
}

/** Members of a ring that has served: it is not written to, and members that do not run now are not waited for. */
const reuniteDecider =
  (whole: boolean) =>
  ({ targets, nodes, views }: Sight): Verdict => {
    const flaw = flawOf(targets, views)
    const orders = nodes.length === targets.length ? reunite(nodes, whole) : []
    const ids = new Set(nodes.map(({ state }) => state.engine_node_id))
    const isPart = nodes.some(({ state }) => state.members.some((m) => !ids.has(m.engine_node_id)))
    if (isSettled(views) && (flaw === undefined || (isPart && orders.length === 0))) return { done: true }
    return { done: false, waitingFor: flaw ?? 'settings to be taken back', orders }
  }

/** Whether every node that answers sees the newcomer healthy in its place. */
const isIn = (newcomer: Node, nodes: Node[]): boolean =>
  nodes.every(({ state }) => {
    const seen = state.members.find((m) => m.engine_node_id === newcomer.state.engine_node_id)
    return seen?.healthy === true && (seen.primary_id !== undefined || seen.ranges.length > 0)
  })

const introduceDecider =
  (call: RingCall) =>
  ({ targets, nodes, views }: Sight): Verdict => {
    const newcomers = nodes.filter(({ target }) => call.ordinals.includes(target.ordinal))
    if (newcomers.length < call.ordinals.length) return { done: false, waitingFor: 'the new nodes to answer', orders: [] }
    const silent = targets.filter((target) => !nodes.some((node) => node.target.ordinal === target.ordinal))
    const absent = silent.flatMap((target) => target.engine_node_id ?? [])
    // Who cannot be asked for its id could be taken for dead.
    if (absent.length < silent.length) return { done: false, waitingFor: `node ${silent[0]?.ordinal} to answer`, orders: [] }
    const orders = introduce(newcomers, nodes, absent, targets)
    if (orders.length === 0 && newcomers.every((newcomer) => isIn(newcomer, nodes))) {
      const left = settle(newcomers)
      return left.length === 0 ? { done: true } : { done: false, waitingFor: 'settings to be taken back', orders: left }
    }
    return {
      done: false,
      waitingFor: flawOf(targets, views) ?? 'the new nodes to be known to all',
      orders: [...hasten(newcomers), ...orders],
    }
  }

async function formRing(deps: WireDeps, call: RingCall): Promise<RingResult> {
  const targets = call.targets.filter((target) => call.ordinals.includes(target.ordinal))
  if (targets.length < call.ordinals.length) return { done: false, waitingFor: 'every member to run', views: [] }
  const inForm = formDecider(call.credentials)
  const inService = reuniteDecider(targets.length === call.targets.length)
  // What was blank when a ring that had served began again is not blank any more half way.
  let anew = !call.everReady
  return pursue(deps, call, targets, (sight) => {
    anew ||= sight.nodes.length === targets.length && sight.nodes.every(({ state }) => isBlank(state))
    return anew ? inForm(sight) : inService(sight)
  })
}

/** The networked half of the engine. */
export const redisWire = (deps: WireDeps): Wire => ({
  probe,
  act: {
    FormRing: (call) => formRing(deps, call),
    ReplaceNode: (call) => pursue(deps, call, call.targets, introduceDecider(call)),
  },
})
