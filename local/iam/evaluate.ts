import type { Statement } from '../template/roles.ts'
import { conditions } from './conditions.ts'
import { type Lookup, like, type Matches } from './pattern.ts'

/** The condition keys that a call carries, and their values. */
export type Context = Readonly<Record<string, readonly string[]>>

/** What somebody wants, as IAM sees it. */
export interface Request {
  action: string
  /** `*` for an action that knows no resources. */
  resource: string
  context?: Context
}

export type Decision = 'allowed' | 'not allowed' | 'forbidden'
/** @param caller condition keys that tell who calls, e.g. the tags of its session */
export type Decide = (request: Request, caller: Context) => Decision

interface Compiled {
  allows: boolean
  actions: Matches[]
  resources: Matches[]
  holds: ReturnType<typeof conditions>
}

const NOTHING: Lookup = () => undefined

const compile = ({ Effect, Action, Resource, Condition }: Pick<Statement, 'Effect' | 'Action' | 'Resource' | 'Condition'>): Compiled => ({
  allows: Effect === 'Allow',
  // Actions have no case: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
  actions: Action.map((action) => like(action.toLowerCase())),
  resources: Resource.map(like),
  holds: conditions(Condition),
})

/**
 * Judges by these statements: one that forbids outweighs all that allow, and without any that allows nothing is
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). Everything that can be
 * known without a call is worked out once.
 * @throws with the name of a condition operator that is not known
 */
export function evaluator(statements: Statement[]): Decide {
  const compiled = statements.map(compile)
  const byAction = new Map<string, Compiled[]>()
  const about = (action: string): Compiled[] => {
    const known = byAction.get(action)
    if (known) return known
    const lower = action.toLowerCase()
    const found = compiled.filter(({ actions }) => actions.some((matches) => matches(lower, NOTHING)))
    byAction.set(action, found)
    return found
  }
  return ({ action, resource, context }, caller) => {
    const lookup: Lookup = (key) => caller[key] ?? context?.[key]
    let decision: Decision = 'not allowed'
    for (const { allows, resources, holds } of about(action)) {
      if (!resources.some((matches) => matches(resource, lookup)) || !holds(lookup)) continue
      if (!allows) return 'forbidden'
      decision = 'allowed'
    }
    return decision
  }
}
