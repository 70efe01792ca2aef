import type { OperationRecord } from './record.ts'

type Weights = Readonly<Record<string, number>>

/**
 * Of each type's steps, how much of the whole they are: about their shares of the time that a ring of six takes. A step that is
 * not named here takes back what another made, or mends it.
 */
export const STEP_WEIGHTS = {
  create: { CreateCredentials: 5, OpenNetwork: 5, DefineTask: 5, LaunchNodes: 10, AwaitNodes: 35, FormRing: 35, PublishNames: 5 },
  delete: { StopNodes: 60, RemoveNames: 10, RemoveDefinition: 10, CloseNetwork: 10, RemoveCredentials: 10 },
} as const satisfies Record<OperationRecord['type'], Weights>

/** A step that began counts for a part of it. */
const BEGUN = 0.3
/** The rest is the moment in which it is all found to be true. */
const MOST_WHILE_RUNNING = 99

/** Per cent, whole. Only what never goes away counts: that a step has begun, and that it has once succeeded. */
export function progressOf({ type, state, steps }: Pick<OperationRecord, 'type' | 'state' | 'steps'>): number {
  if (state === 'succeeded') return 100
  const share = Object.entries<number>(STEP_WEIGHTS[type]).reduce((sum, [name, weight]) => {
    const step = steps[name]
    if (!step) return sum
    return sum + weight * (step.reached_at === undefined ? BEGUN : 1)
  }, 0)
  return Math.min(MOST_WHILE_RUNNING, Math.floor(share))
}
