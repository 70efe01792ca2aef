import type { Target } from '../../../shared/engines/engine.ts'
import type { Node, Order } from '../../../shared/engines/redis/node.ts'
import type { NodeState } from '../../../shared/engines/redis/probe.ts'
import { members } from '../../../shared/engines/redis/ring.ts'
import { addressOf, PORTS, placeOf } from './views.ts'

interface Modelled {
  target: Target
  id: string
  epoch: number
  slots?: [number, number]
  primaryId?: string
  /** Ids it knows, itself among them. */
  knows: Set<string>
  timeoutMs: number
}

/**
 * The bus of the engine as far as forming is concerned: refusals as the server has them, meetings that may stay one-sided,
 * ids that change with a reset. What a node knows of another is what that other says of itself.
 */
export class RingModel {
  readonly nodes: Modelled[]
  #ids = 0

  constructor(shards: number, replicas: number) {
    this.nodes = members({ shards, replicas }).map((member) => this.#blank({ ...member, address: addressOf(member.ordinal), ports: PORTS }))
  }

  #blank(target: Target): Modelled {
    const id = `id-${this.#ids++}`
    return { target, id, epoch: 0, knows: new Set([id]), timeoutMs: 15_000 }
  }

  #node(ordinal: number): Modelled {
    const node = this.nodes[ordinal]
    if (!node) throw new Error(`no node ${ordinal}`)
    return node
  }

  /** Another process in its place, with nothing of what the former knew. */
  replace(ordinal: number): void {
    this.nodes[ordinal] = this.#blank(this.#node(ordinal).target)
  }

  look(): Node[] {
    const byId = new Map(this.nodes.map((node) => [node.id, node]))
    return this.nodes.map((node): Node => {
      const seen = [...node.knows].map((id) => {
        const other = byId.get(id)
        return {
          engine_node_id: id,
          place: placeOf(other?.target.address ?? '10.9.9.9'),
          role: other?.primaryId ? ('replica' as const) : ('primary' as const),
          ...(other?.primaryId ? { primary_id: other.primaryId } : {}),
          ranges: other?.slots ? [other.slots] : [],
          healthy: other !== undefined,
        }
      })
      const state: NodeState = {
        ordinal: node.target.ordinal,
        engine_node_id: node.id,
        members: seen,
        handshakes: [],
        epoch: node.epoch,
        copiedNothing: false,
        offset: 0,
        nodeTimeoutMs: node.timeoutMs,
      }
      return { target: node.target, state }
    })
  }

  /** @param halfway whether the other side of a meeting hears of it too */
  obey({ ordinal, command }: Order, halfway: boolean): void {
    const node = this.#node(ordinal)
    const [verb, sub, ...args] = command
    if (verb === 'CONFIG') node.timeoutMs = Number(args[1])
    if (verb !== 'CLUSTER') return
    const alone = node.knows.size === 1
    if (sub === 'SET-CONFIG-EPOCH' && alone && node.epoch === 0) node.epoch = Number(args[0])
    if (sub === 'ADDSLOTSRANGE' && !node.primaryId) node.slots = [Number(args[0]), Number(args[1])]
    if (sub === 'REPLICATE' && args[0] && node.knows.has(args[0]) && !node.slots) node.primaryId = args[0]
    if (sub === 'RESET') this.replace(ordinal)
    if (sub === 'MEET') {
      const other = this.nodes.find((each) => each.target.address === args[0])
      if (!other) return
      node.knows.add(other.id)
      if (!halfway) other.knows.add(node.id)
    }
  }
}
