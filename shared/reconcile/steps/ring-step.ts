import { ringOf } from '../../clusters/ring-of.ts'
import { parseCredentials } from '../../engines/credentials.ts'
import type { NodeView, RingStepName } from '../../engines/engine.ts'
import { ActAnswer, type RingRequest } from '../../engines/ring-request.ts'
import { isoTime } from '../../platform/clock.ts'
import { readSecret } from '../../platform/secrets.ts'
import { sideBySide } from '../../platform/side-by-side.ts'
import { sk } from '../../platform/table.ts'
import { seeNodes, targetOf } from '../observe.ts'
import type { ObservedNode } from '../observed.ts'
import { assertCurrent, type StepContext, type StepRun } from './context.ts'

/** How long functions/ring may act; below its own timeout, which is below the step's. */
const ACT_MS = 25_000

/** The engine's own name for a member is learned from its own view, and from then on it must be the same node. */
async function noteNodeIds(context: StepContext, nodes: ObservedNode[], views: NodeView[]): Promise<void> {
  const now = isoTime(context.deps.clock.now())
  await sideBySide(views, async (view) => {
    const record = nodes.find((node) => node.member.ordinal === view.ordinal)?.record
    if (!view.reachable || !record || record.engine_node_id === view.engine_node_id) return
    await context.table.update(sk.node(record.cluster_id, record.ordinal), {
      update: 'SET engine_node_id = :id, updated_at = :now',
      condition: 'attempt = :attempt',
      values: { ':id': view.engine_node_id, ':now': now, ':attempt': record.attempt },
    })
  })
}

/** They take who is not there for dead, or for one who agrees. */
const NEEDS_ALL: RingStepName[] = ['ReplaceNode', 'HandOver']

/** Lets functions/ring do one of the engine's verbs to the ring as it stands now. */
export const ringStep =
  (step: RingStepName): StepRun =>
  async (context) => {
    const { deps, cluster, ordinals } = context
    const parameter = cluster.resources.credentials_parameter
    if (parameter === undefined) throw new Error(`cluster ${cluster.id} has no credentials`)
    const { nodes } = await seeNodes(deps, context.table, cluster, false)
    const targets = nodes.flatMap((node) => targetOf(node) ?? [])
    if (NEEDS_ALL.includes(step) && targets.length < nodes.length) return 'waiting for every member to run'
    const credentials = parseCredentials(await readSecret(deps.secrets, parameter))
    await assertCurrent(context)
    const request: RingRequest = {
      action: 'act',
      engine: cluster.spec.engine,
      targets,
      credentials,
      step,
      ever_ready: cluster.ready_at !== undefined,
      may_lose: !ringOf(cluster.spec).persistent,
      ordinals,
      not_after: deps.clock.now() + ACT_MS,
    }
    const answer = ActAnswer.parse(await deps.ring(request))
    await noteNodeIds(context, nodes, answer.views)
    return answer.done ? undefined : `waiting for ${answer.waitingFor}`
  }
