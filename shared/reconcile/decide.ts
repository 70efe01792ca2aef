import type { ClusterRecord } from '../clusters/record.ts'
import type { Decision, ObserveEvent } from './model.ts'

type Turn = Pick<ObserveEvent, 'tenant_id' | 'cluster_id' | 'turn'>

/** A decision for the graph; what is not said is that there is nothing to do. */
export const decided = (
  turn: Turn,
  cluster: Pick<ClusterRecord, 'fence' | 'generation' | 'wake'>,
  decision: Partial<Decision>,
): Decision => ({
  tenant_id: turn.tenant_id,
  cluster_id: turn.cluster_id,
  turn: turn.turn + 1,
  fence: cluster.fence,
  generation: cluster.generation,
  wake: cluster.wake,
  decision: 'end',
  steps: [],
  outcome: 'parked',
  due_at: null,
  seconds: 0,
  ...decision,
})

/** For an execution that found somebody else at work. */
export const nobody = { fence: 0, generation: 0, wake: 0 }
