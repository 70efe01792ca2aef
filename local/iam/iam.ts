import * as z from 'zod'
import type { Authorize } from '../aws/endpoint.ts'
import type { AwsError, AwsRequest } from '../aws/service.ts'
import type { FunctionSpec } from '../template/functions.ts'
import type { RoleSpec } from '../template/roles.ts'
import type { TableSpec } from '../template/tables.ts'
import { type Facts, knownAsks } from './asks/asks.ts'
import { callOf } from './calls.ts'
import { denied, expired, unknownCaller } from './denials.ts'
import { type Decide, evaluator, type Request } from './evaluate.ts'
import { type Principal, type Sessions, sessions } from './sessions.ts'
import { type Assume, trust } from './trust.ts'

export interface IamOptions {
  template: { account: string; region: string; roles: RoleSpec[]; functions: FunctionSpec[]; tables: TableSpec[] }
  groupTags: Facts['groupTags']
  now(): number
  /** Told of everything that is asked of a role and whether it may. */
  onJudged?: OnJudged
}
export type OnJudged = (principal: Principal, request: Request, allowed: boolean) => void

/** Who is not judged: tests, and the people who run the cell. */
const OPERATOR = 'operator'
/** Judged by the service itself, since who may assume a role is said by that role. */
const JUDGES_ITSELF = 'sts'

export interface Iam {
  readonly authorize: Authorize
  readonly sessions: Sessions
  readonly assume: Assume
  /** `service:operation` of every call that is known, also those that a service judges itself. */
  readonly operations: string[]
  /** Who signed, by the access key: an operator is undefined. @throws AwsError for a key that nobody has, or has no longer */
  principalOf(service: string, request: Pick<AwsRequest, 'caller' | 'headers'>): Principal | undefined
  /** For what AWS itself does in the name of a role. @throws AwsError */
  check(service: string, role: string, request: Request): void
}

const nameOf = (role: string): string => role.slice(role.indexOf('/') + 1)

/** A function is its role, in a session that Lambda names after it. */
function functionPrincipals(functions: FunctionSpec[], account: string): Map<string, Principal> {
  return new Map(
    functions.flatMap(({ name, arn, role }) =>
      role === undefined
        ? []
        : [
            [
              name,
              {
                role,
                name: `arn:aws:sts::${account}:assumed-role/${nameOf(role)}/${name}`,
                // https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
                context: { 'lambda:SourceFunctionArn': [arn] },
              },
            ],
          ],
    ),
  )
}

function why(action: string, decision: string): string {
  return decision === 'forbidden'
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`
}

/**
 * Judges every call by the roles of the template: what they do not allow is denied, and so is an operation of which nobody
 * has written down what it asks for.
 * @throws with the name of a condition operator that is not known
 */
export function createIam({ template, groupTags, now, onJudged }: IamOptions): Iam {
  const { account, region, roles, functions, tables } = template
  const rights = new Map<string, Decide>(roles.map(({ arn, statements }) => [arn, evaluator(statements)]))
  const asks = knownAsks({ account, region, tables, groupTags })
  const ofFunction = functionPrincipals(functions, account)
  const issued = sessions(now)

  function judge(service: string, principal: Principal, request: Request): void {
    const decision = rights.get(principal.role)?.(request, principal.context) ?? 'not allowed'
    onJudged?.(principal, request, decision === 'allowed')
    if (decision !== 'allowed') throw denied(service, principal.name, request, why(request.action, decision))
  }

  const principalOf: Iam['principalOf'] = (service, { caller, headers }) => {
    if (caller === OPERATOR) return undefined
    const found = ofFunction.get(caller) ?? issued.find(caller, headers['x-amz-security-token'])
    if (found === 'unknown') throw unknownCaller(service)
    if (found === 'expired') throw expired(service)
    return found
  }

  /** What a call asks for. @throws AwsError when that cannot be told */
  function wanted(service: string, principal: Principal, request: AwsRequest): Request[] {
    const call = callOf(service, request)
    const operation = call?.operation ?? `${request.method} ${request.path}`
    const refuse = (reason: string): AwsError =>
      denied(service, principal.name, { action: `${service}:${operation}`, resource: '*' }, `because ${reason}`)
    const ask = asks[`${service}:${operation}`]
    if (!call || !ask) throw refuse('nobody has written down what it asks for (local/iam/asks)')
    try {
      const requests = ask(call.input)
      if (requests.length > 0) return requests
    } catch (error) {
      if (error instanceof z.ZodError) throw refuse(`it cannot be told what it asks for: ${z.prettifyError(error)}`)
      throw error
    }
    throw refuse('it names nothing that it asks for')
  }

  return {
    sessions: issued,
    assume: trust({ roles, rights, account }),
    principalOf,
    operations: [...Object.keys(asks), 'sts:AssumeRole'],
    check: (service, role, request) =>
      judge(service, { role, name: `arn:aws:sts::${account}:assumed-role/${nameOf(role)}/aws`, context: {} }, request),
    authorize: (service, request) => {
      const principal = principalOf(service, request)
      if (!principal || service === JUDGES_ITSELF) return
      for (const each of wanted(service, principal, request)) judge(service, principal, each)
    },
  }
}
