import type { ITable } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement, Role, SessionTagsPrincipal } from 'aws-cdk-lib/aws-iam'
import type { FunctionName } from '../shared/platform/env.ts'
import { apiKeyKey, DUE_INDEX, DUE_KINDS, dueShards, TENANT_TAG, TURNS, tenantId, tenantPartition } from '../shared/platform/table.ts'
import type { CellFunction, RoleVariable } from './function.ts'

type ItemAction = 'GetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem'
const REMEMBERING = ['api', 'observe', 'step', 'wake', 'sweep', 'outbox', 'deliver', 'orphans'] as const satisfies FunctionName[]
type Remembering = (typeof REMEMBERING)[number]

/** What each does to items of the tenant that it acts for, by key or partition: never a scan. A transaction takes the actions of its items. */
const TENANTS: Record<Remembering, ItemAction[]> = {
  api: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
  observe: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
  step: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
  wake: ['GetItem', 'UpdateItem'],
  sweep: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  outbox: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
  deliver: ['GetItem', 'PutItem', 'UpdateItem'],
  orphans: ['GetItem', 'Query', 'UpdateItem'],
}
/** To keys, and to what a tenant's partition says of them, in one transaction: the API makes, rotates and revokes them, the sweep revokes those of a tenant that goes. */
const KEYS = {
  api: ['GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
  sweep: ['GetItem', 'UpdateItem'],
} as const satisfies Record<string, ItemAction[]>

/** IAM puts the tag of the session here when it judges a call. */
const OWN_PARTITION = tenantPartition(tenantId(`\${aws:PrincipalTag/${TENANT_TAG}}`))
const API_KEYS = apiKeyKey('*').pk

/**
 * Every partition that a call names is one of these; a call that names none, as a scan does, is refused by the Null check,
 * since a condition on all of none holds: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const inPartitions = (operator: 'StringEquals' | 'StringLike', partitions: string[]) => ({
  [`ForAllValues:${operator}`]: { 'dynamodb:LeadingKeys': partitions },
  Null: { 'dynamodb:LeadingKeys': 'false' },
})

/** A role that its function assumes with one tag, the tenant that it acts for, and in whose sessions that tenant is all there is. */
function perTenant(
  fn: CellFunction,
  role: { id: string; variable: RoleVariable; description: string },
  grant: { actions: ItemAction[]; table: ITable; conditions: Record<string, Record<string, unknown>> },
): void {
  const scoped = new Role(fn, role.id, {
    description: role.description,
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
    assumedBy: new SessionTagsPrincipal(fn.grantPrincipal).withConditions({
      'ForAllValues:StringEquals': { 'aws:TagKeys': [TENANT_TAG] },
      Null: { [`aws:RequestTag/${TENANT_TAG}`]: 'false' },
    }),
  })
  const actions = grant.actions.map((action) => `dynamodb:${action}`)
  scoped.addToPolicy(new PolicyStatement({ actions, resources: [grant.table.tableArn], conditions: grant.conditions }))
  fn.assumes(role.variable, scoped)
}

/**
 * Who may do what to the table. Of tenants' items a function by itself reaches none: it acts for one tenant at a time, in a
 * session that carries the tenant's name. API keys stand outside the tenants' partitions: only the API makes
 * any, since with them anybody could be another.
 */
export function tableRights(functions: Record<Remembering, CellFunction>, table: ITable): void {
  const own = inPartitions('StringEquals', [OWN_PARTITION])
  for (const name of REMEMBERING) {
    const role = { id: 'TenantRole', variable: 'TENANT_ROLE_ARN', description: `Items of one tenant, for function ${name}` } as const
    perTenant(functions[name], role, { actions: TENANTS[name], table, conditions: own })
  }
  const { api, step, sweep, orphans } = functions
  for (const name of ['api', 'sweep'] as const) {
    const keys = {
      id: 'KeysRole',
      variable: 'KEYS_ROLE_ARN',
      description: `Items and API keys of one tenant, for function ${name}`,
    } as const
    perTenant(functions[name], keys, { actions: [...KEYS[name]], table, conditions: inPartitions('StringLike', [API_KEYS, OWN_PARTITION]) })
  }
  // Whose a key is, is not known before it is read.
  api.may(['GetItem'], 'dynamodb', [table.tableArn], inPartitions('StringLike', [API_KEYS]))
  // At what AWS allows rarely, rings of all tenants take turns.
  step.may(['UpdateItem'], 'dynamodb', [table.tableArn], inPartitions('StringEquals', [TURNS.pk]))
  // What is due, of all tenants: the index holds keys only.
  for (const fn of [sweep, orphans])
    fn.may(['Query'], 'dynamodb', [`${table.tableArn}/index/${DUE_INDEX}`], inPartitions('StringEquals', DUE_KINDS.flatMap(dueShards)))
}
