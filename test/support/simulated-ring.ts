import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeView, Target } from '../../shared/engines/engine.ts'
import { packViews } from '../../shared/engines/packed-views.ts'
import { slotsOf } from '../../shared/engines/redis/ring.ts'
import { RingRequest } from '../../shared/engines/ring-request.ts'

/** What real nodes take from their start until all agree, on a machine that does nothing else. */
const FORMING_MS = 2_100

/** Rings that were formed, for all workers of this process. */
export const FORMED = join(tmpdir(), `ringhold-simulated-rings-${process.pid}`)

const fileOf = (targets: Target[]): string => {
  const who = targets.map(({ address, ports }) => `${address}:${ports.client}`).join()
  return join(FORMED, createHash('sha256').update(who).digest('hex'))
}
const idOf = ({ address, ports }: Target): string => createHash('sha1').update(`${address}:${ports.client}`).digest('hex')

/** What each node says: of itself alone, or of the ring that was formed. */
function viewsOf(targets: Target[], formed: boolean): NodeView[] {
  const primaries = targets.filter(({ role }) => role === 'primary')
  const all = targets.map((target) => {
    const primary = primaries.find(({ shard }) => shard === target.shard)
    return {
      engine_node_id: idOf(target),
      place: `${target.address}:${target.ports.client}@${target.ports.bus}`,
      role: formed ? target.role : ('primary' as const),
      ...(formed && target.role === 'replica' && primary ? { primary_id: idOf(primary) } : {}),
      ranges: formed && target.role === 'primary' ? [slotsOf(target.shard, primaries.length)] : [],
      healthy: true,
    }
  })
  return targets.map((target) => {
    const members = formed ? all : all.filter(({ engine_node_id }) => engine_node_id === idOf(target))
    return { ordinal: target.ordinal, reachable: true, engine_node_id: idOf(target), serving: formed, settled: true, members }
  })
}

/** In place of functions/ring: nodes that are only thought of, and agree some time after they are told to. */
async function ring(input: object): Promise<unknown> {
  const request = RingRequest.parse(input)
  const { targets } = request
  if (request.action === 'probe') return { views: packViews(viewsOf(targets, existsSync(fileOf(targets)))) }
  await sleep(FORMING_MS)
  mkdirSync(FORMED, { recursive: true })
  writeFileSync(fileOf(targets), '')
  return { done: true, views: packViews(viewsOf(targets, true)) }
}

/** Overrides for the functions `observe` and `step`. */
export const deps = { ring }
