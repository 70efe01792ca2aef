import type { NodeView, RingCall, RingResult, Target, WireDeps } from '../engine.ts'
import { RespError } from '../resp.ts'
import { type RespSession, respSession } from '../resp-session.ts'
import { endpointOf } from './endpoint.ts'
import type { Node, Order } from './node.ts'
import { readState, unreachable, viewOf } from './probe.ts'

/** Of connecting and of every answer: a node that is silent for longer is looked at again in the next round. */
export const ANSWER_MS = 1000
/** Between two looks: long enough for two cores to do something else, short beside the engine's own tenth of a second. */
const pauseMs = (nodes: number): number => Math.max(15, nodes)

/** What the nodes just said, or why they did not. */
export interface Sight {
  targets: Target[]
  nodes: Node[]
  views: NodeView[]
}
/** What to do about it. `first` comes before the orders, which are not given if it throws; after `last` the nodes are looked at without a pause. */
export type Verdict = { done: true } | { done: false; waitingFor: string; orders: Order[]; first?: () => Promise<void>; last?: true }

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
export async function pursue(deps: WireDeps, call: RingCall, targets: Target[], decide: (sight: Sight) => Verdict): Promise<RingResult> {
  const endpoints = targets.map((target) => [target.ordinal, endpointOf(target, call.credentials, 'control')] as const)
  const session = respSession(new Map(endpoints), ANSWER_MS)
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
