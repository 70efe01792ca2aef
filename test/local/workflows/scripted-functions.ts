import * as z from 'zod'
import type { Invoke } from '../../../local/workflows/lambda-call.ts'
import { graph } from '../../../shared/reconcile/graph.ts'
import type { Decision, Step } from '../../../shared/reconcile/model.ts'
import { throwing } from './given.ts'

/** The graph of a cluster, over functions that follow a script. */
export const CLUSTER_GRAPH = graph({ observe: 'observe', step: 'step' })

const Payload = z.looseObject({ action: z.string(), turn: z.int().optional(), step: z.looseObject({ name: z.string() }).optional() })

export const INPUT = { tenant_id: 'ten_1', cluster_id: 'clu_1', turn: 0 }

/** What observe decides at a turn, or answers to a settle; a step in `failing` throws. */
export interface Script {
  turns: Partial<Decision>[]
  settled: Partial<Decision>[]
  failing: readonly string[]
}

export const steps = (...names: Step['name'][]): Step[] => names.map((name, index) => ({ name, ordinals: [index] }))

/** A create in five waves, one of them with a failing step, with a pause and a wake that came in between. */
export const CREATE: Script = {
  turns: [
    { decision: 'again' },
    { decision: 'act', steps: steps('CreateCredentials', 'OpenNetwork') },
    { decision: 'act', steps: steps('DefineTask') },
    { decision: 'act', steps: steps('LaunchNodes', 'AwaitNodes', 'FormRing') },
    { decision: 'pause', seconds: 2 },
    { decision: 'act', steps: [] },
    { decision: 'act', steps: steps('PublishNames') },
    { decision: 'settle', outcome: 'ready', due_at: null },
  ],
  settled: [{ decision: 'end' }],
  failing: ['AwaitNodes'],
}

/** Answers from the payload alone, so that a call that is made twice has one answer. */
export function follow(script: Script, seen: (call: unknown) => void = () => {}): Invoke {
  return async (functionName, raw) => {
    const { action, turn = 0, step } = Payload.parse(raw)
    seen({ functionName, payload: raw })
    if (action === 'step')
      return script.failing.includes(step?.name ?? '') ? throwing('NodeUnreachable', 'nobody answers') : { payload: {} }
    if (action === 'record-failure') return { payload: { recorded: true } }
    const decided = action === 'settle' ? script.settled[turn - script.turns.length] : script.turns[turn]
    const base = { ...INPUT, turn: turn + 1, fence: 3, generation: 1, wake: 1, steps: [], outcome: 'parked', due_at: null, seconds: 0 }
    return { payload: { ...base, ...decided } }
  }
}
