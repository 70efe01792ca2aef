import type { Credentials, NodeView, RingCall, RingResult, Wire, WireDeps } from '../engine.ts'
import { handOverDecider } from './hand-over.ts'
import type { Node } from './node.ts'
import { form, hasten, introduce, reunite, settle } from './orders.ts'
import { probe } from './probe.ts'
import { prove } from './prove.ts'
import { ANSWER_MS, pursue, type Sight, type Verdict } from './pursue.ts'
import { flawOf, isBlank } from './ring.ts'
import { takeOver } from './succession.ts'

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
    const orders = introduce(newcomers, nodes, absent, targets, call.mayLose)
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

/** While successors of the dead are awaited, those that live may serve. Who is silent may live. */
const takeOverDecider = ({ targets, nodes }: Sight): Verdict => {
  const orders = nodes.length === targets.length ? takeOver(nodes) : []
  return orders.length === 0 ? { done: true } : { done: false, waitingFor: 'replicas to become primaries', orders }
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
    TakeOver: (call) => pursue(deps, call, call.targets, takeOverDecider),
    HandOver: (call) => pursue(deps, call, call.targets, handOverDecider(deps, call)),
  },
})
