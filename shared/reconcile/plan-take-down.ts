import { waiting } from './conditions.ts'
import type { Step, StepName } from './model.ts'
import type { Observed, Plan } from './observed.ts'

function removals(o: Observed): Step[] {
  const { resources, network } = o.cluster
  const shared = network === 'shared'
  const left: [StepName, boolean | undefined][] = [
    ['RemoveDefinition', resources.definition_removed],
    ['CloseNetwork', shared || resources.network_removed],
    ['RemoveCredentials', resources.credentials_removed],
    ['RemoveNames', shared || resources.names_removed],
  ]
  return left.filter(([, removed]) => !removed).map(([name]) => ({ name, ordinals: [] }))
}

/**
 * Takes back all that was made: the nodes first, then what they used. Each removal looks by name, so that what a crash
 * left unrecorded goes too.
 */
export function planTakeDown(o: Observed): Plan {
  const left = o.nodes.filter((node) => node.record !== undefined)
  if (left.length > 0 || o.strays.length > 0) {
    const names: Step[] = o.cluster.network === 'shared' || o.cluster.resources.names_removed ? [] : [{ name: 'RemoveNames', ordinals: [] }]
    const stop: Step = { name: 'StopNodes', ordinals: left.map((node) => node.member.ordinal) }
    return { decision: 'act', steps: [stop, ...names], waiting: waiting('StoppingNodes') }
  }
  const steps = removals(o)
  if (steps.length > 0) return { decision: 'act', steps, waiting: waiting('RemovingResources') }
  return { decision: 'settle', outcome: o.cluster.intent === 'absent' ? 'deleted' : 'failed', dueAt: null }
}
