import type { Member } from '../shared/engines/engine.ts'
import { isoTime } from '../shared/platform/clock.ts'
import type { Observed, ObservedNode } from '../shared/reconcile/observed.ts'
import { plan } from '../shared/reconcile/plan.ts'
import { newCluster } from '../test/support/cluster.ts'
import { type Figure, median } from './figure.ts'

const NODES = 1000
const ROUNDS = 200
const now = Date.parse('2026-01-01T00:10:00.000Z')

const member = (ordinal: number): Member => ({ ordinal, shard: ordinal % 500, role: ordinal < 500 ? 'primary' : 'replica' })

function running(ordinal: number): ObservedNode {
  const address = `10.0.${ordinal >> 8}.${ordinal & 255}`
  const arn = `arn:aws:ecs:us-east-1:123456789012:task/cell/${ordinal}`
  const at = isoTime(now - 60_000)
  const record = {
    tenant_id: 'ten_a',
    cluster_id: 'clu_a',
    id: `nod_${ordinal}`,
    ...member(ordinal),
    az: 'a',
    attempt: 1,
    request: '{}',
    ports: { client: 6379, peers: 6379, bus: 16379 },
    task_arn: arn,
    address,
    created_at: at,
    updated_at: at,
  }
  // Every seventh has died: something to plan for.
  return { member: member(ordinal), record, task: { arn, phase: ordinal % 7 === 0 ? 'stopped' : 'running', address } }
}

/** How long one plan takes for a cluster of a thousand nodes, a seventh of them dead (milliseconds, median). */
export function plannerFigures(): Figure[] {
  const resources = { credentials_parameter: '/p', security_group_id: 'sg', task_definition_arn: 'td' }
  const cluster = newCluster('clu_a', { resources })
  const observed: Observed = { cluster, nodes: Array.from({ length: NODES }, (_, i) => running(i)), strays: [], views: [] }
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now()
    const planned = plan(observed, now)
    const took = performance.now() - start
    if (planned.decision !== 'act' || planned.steps[0]?.ordinals.length !== 143)
      throw new Error('the planner did not plan for all dead nodes')
    return took
  })
  return [{ name: `one plan of a ${NODES}-node cluster`, ours: median(times), unit: 'ms', target: 5, note: `median of ${ROUNDS}` }]
}
