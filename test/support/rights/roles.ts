import { type Context, evaluator, type Request } from '../../../local/iam/evaluate.ts'
import { readAssembly } from '../../../local/template/assembly.ts'
import type { Resource } from '../../../local/template/resource.ts'
import type { RoleSpec } from '../../../local/template/roles.ts'
import { readStack } from '../../../local/template/stack.ts'
import type { Template } from '../../../local/template/template.ts'

/** What is asked of a role. */
export interface Asked extends Request {
  /** Its arn. */
  role: string
  /** What conditions may ask of who asks. */
  caller?: Context
}

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

/** Those that no statement lets through, and those that one forbids. */
export function denied(roles: RoleSpec[], asked: Asked[]): Asked[] {
  const rights = new Map(roles.map(({ arn, statements }) => [arn, evaluator(statements)]))
  return asked.filter(({ role, caller = {}, ...request }) => rights.get(role)?.(request, caller) !== 'allowed')
}

/** Every action that a role is granted, as `[role, action]`. */
export const granted = (roles: RoleSpec[]): [string, string][] =>
  roles.flatMap(({ arn, statements }) => {
    const actions = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action)
    return [...new Set(actions)].map((action): [string, string] => [arn, action])
  })

/** The same roles, one without that action. */
export const without = (roles: RoleSpec[], role: string, action: string): RoleSpec[] =>
  roles.map((each) =>
    each.arn === role
      ? {
          ...each,
          statements: each.statements.map((statement) => ({ ...statement, Action: statement.Action.filter((name) => name !== action) })),
        }
      : each,
  )
