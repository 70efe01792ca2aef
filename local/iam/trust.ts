import type { RoleSpec } from '../template/roles.ts'
import { conditions } from './conditions.ts'
import type { Context, Decide } from './evaluate.ts'
import type { Lookup } from './pattern.ts'
import type { Principal } from './sessions.ts'

/** Whether a principal may assume a role so; undefined stands for the account's administrator. Answers the role, or which action is denied. */
export type Assume = (principal: Principal | undefined, roleArn: string, context: Context) => { role: RoleSpec } | { denied: string }

const roleActions = (context: Context): string[] => ['sts:AssumeRole', ...(context['aws:TagKeys'] ? ['sts:TagSession'] : [])]

interface Trusting {
  allows: boolean
  actions: Set<string>
  principals: string[]
  holds: (lookup: Lookup) => boolean
}

/**
 * A role's trust policy decides. It may name the caller's role itself, and that is enough within one account; or the account,
 * which then leaves it to the caller's own policies. These may forbid it in either case:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-req-context.html
 */
export function trust({ roles, rights, account }: { roles: RoleSpec[]; rights: Map<string, Decide>; account: string }): Assume {
  const root = `arn:aws:iam::${account}:root`
  const trusting = new Map(
    roles.map((role) => [
      role.arn,
      {
        role,
        statements: role.trust.map(
          ({ Effect, Action, Principal, Condition }): Trusting => ({
            allows: Effect === 'Allow',
            actions: new Set(Action),
            principals: Principal.AWS,
            holds: conditions(Condition),
          }),
        ),
      },
    ]),
  )
  const may = (principal: Principal | undefined, roleArn: string, action: string, context: Context, statements: Trusting[]): boolean => {
    const lookup: Lookup = (key) => principal?.context[key] ?? context[key]
    const own = principal && rights.get(principal.role)?.({ action, resource: roleArn, context }, principal.context)
    if (own === 'forbidden') return false
    const about = statements.filter(({ actions, holds }) => actions.has(action) && holds(lookup))
    const named = about.filter(({ principals }) => principals.includes(principal?.role ?? root))
    if (named.some(({ allows }) => !allows)) return false
    return named.length > 0 || (own === 'allowed' && about.some(({ principals, allows }) => allows && principals.includes(root)))
  }
  return (principal, roleArn, context) => {
    const found = trusting.get(roleArn)
    const refused = roleActions(context).find((action) => !found || !may(principal, roleArn, action, context, found.statements))
    return found && refused === undefined ? { role: found.role } : { denied: refused ?? 'sts:AssumeRole' }
  }
}
