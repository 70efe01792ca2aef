import * as z from 'zod'
import { readAssembly } from '../../../local/template/assembly.ts'
import type { Resource } from '../../../local/template/resource.ts'
import { readStack } from '../../../local/template/stack.ts'
import type { Template } from '../../../local/template/template.ts'

/** What somebody wants of AWS, as IAM sees it. `role` is an arn; `context` holds the condition keys that the call carries. */
export interface Request {
  role: string
  action: string
  /** `*` for an action that knows no resources. */
  resource: string
  context?: Record<string, string[]>
}

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())])
const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: list,
  Resource: list,
  Condition: z.record(z.string(), z.record(z.string(), list)).default({}),
})
export type Statement = z.infer<typeof Statement>
const Policy = z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }), Roles: z.array(z.string()) })

/** Statements by the arn of their role. */
export type Roles = Map<string, Statement[]>

/** The resources of the template, answered as the local cloud that runs it answers them. */
export function resourcesOf(outDir: string, template: Template, endpointUrl: string): Resource[] {
  const { account, region } = template
  const noImports = (name: string): never => {
    throw new Error(`${name} is imported from nowhere`)
  }
  return readAssembly(outDir).stacks.flatMap((raw) => readStack(raw, { account, region, endpointUrl }, noImports).resources)
}

export const ofType = (resources: Resource[], type: string): Resource[] => resources.filter((resource) => resource.type === type)
export const property = (resource: Resource, name: string): unknown => resource.resolve(resource.properties[name], name)

export function rolesOf(resources: Resource[]): Roles {
  const policies = ofType(resources, 'AWS::IAM::Policy').map((policy) =>
    Policy.parse({ PolicyDocument: property(policy, 'PolicyDocument'), Roles: property(policy, 'Roles') }),
  )
  return new Map(
    ofType(resources, 'AWS::IAM::Role').map((role) => [
      role.attribute('Arn'),
      policies.filter((policy) => policy.Roles.includes(role.ref)).flatMap((policy) => policy.PolicyDocument.Statement),
    ]),
  )
}

/** `*` stands for any characters, as in IAM. */
const like = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(value)

/** Condition operators in use; another one stops the test by its name. A key that the call does not carry does not match. */
const OPERATORS: Record<string, (wanted: string[], carried: string[]) => boolean> = {
  StringEquals: (wanted, carried) => carried.some((value) => wanted.includes(value)),
  ArnEquals: (wanted, carried) => carried.some((value) => wanted.some((pattern) => like(pattern, value))),
  // On AWS it holds without any value too; a call that ought to carry some must show them here.
  'ForAllValues:StringLike': (wanted, carried) =>
    carried.length > 0 && carried.every((value) => wanted.some((pattern) => like(pattern, value))),
}

function holds(condition: Statement['Condition'], context: Record<string, string[]>): boolean {
  return Object.entries(condition).every(([name, keys]) => {
    const operator = OPERATORS[name]
    if (!operator) throw new Error(`no model of the condition operator ${name}`)
    return Object.entries(keys).every(([key, wanted]) => operator(wanted, context[key] ?? []))
  })
}

const matches = (statement: Statement, request: Request): boolean =>
  statement.Action.some((pattern) => like(pattern, request.action)) &&
  statement.Resource.some((pattern) => like(pattern, request.resource)) &&
  holds(statement.Condition, request.context ?? {})

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
function allowed(roles: Roles, request: Request): boolean {
  const matching = (roles.get(request.role) ?? []).filter((statement) => matches(statement, request))
  return matching.length > 0 && matching.every((statement) => statement.Effect === 'Allow')
}

/** Those that no statement lets through, and those that one forbids. */
export const denied = (roles: Roles, requests: Request[]): Request[] => requests.filter((request) => !allowed(roles, request))

/** Every action that a role is granted, as `[role, action]`. */
export const granted = (roles: Roles): [string, string][] =>
  [...roles].flatMap(([role, statements]) => {
    const actions = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action)
    return [...new Set(actions)].map((action): [string, string] => [role, action])
  })

/** The same roles, one without that action. */
export const without = (roles: Roles, role: string, action: string): Roles =>
  new Map(
    [...roles].map(([arn, statements]) => [
      arn,
      arn === role ? statements.map((each) => ({ ...each, Action: each.Action.filter((name) => name !== action) })) : statements,
    ]),
  )
