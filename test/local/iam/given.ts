import { createIam, type Iam, type IamOptions } from '../../../local/iam/iam.ts'
import type { RoleSpec, Statement } from '../../../local/template/roles.ts'
import { cellTable } from '../dynamodb/given.ts'

export const ACCOUNT = '123456789012'
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`
export const START = Date.parse('2026-11-22T12:00:00Z')

const allow = (Action: string[], Resource: string, Condition: Statement['Condition'] = {}): Statement => ({
  ...{ Effect: 'Allow', Action, Resource: [Resource], Condition },
})
const role = (name: string, over: Partial<RoleSpec> = {}): RoleSpec => ({
  ...{ name, arn: roleArn(name), trust: [], statements: [], maxSessionSeconds: 3600, ...over },
})
const own = {
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`T#\${aws:PrincipalTag/tenant}`] },
  Null: { 'dynamodb:LeadingKeys': ['false'] },
}
const trustOf = (name: string, Condition: Statement['Condition']): RoleSpec['trust'] => [
  { Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Principal: { AWS: [roleArn(name)], Service: [] }, Condition },
]

/** Function `api` may read one parameter, and assumes `tenant`; `other` may do nothing. */
export const ROLES: RoleSpec[] = [
  role('api', { statements: [allow(['ssm:GetParameter'], `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/cell-1/a`)] }),
  role('other'),
  role('tenant', {
    statements: [allow(['dynamodb:GetItem', 'dynamodb:Query'], cellTable.arn, own)],
    trust: trustOf('api', {
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['tenant'] },
      Null: { 'aws:RequestTag/tenant': ['false'] },
    }),
  }),
]
const fn = (name: string) => ({
  ...{ logicalId: name, name: `cell-1-${name}`, arn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:cell-1-${name}`, role: roleArn(name) },
  ...{ assetDir: '', handler: '', memoryMiB: 128, timeoutMs: 1, environment: {}, asyncRetries: 0 },
})

export interface GivenIam {
  iam: Iam
  clock: { now: number }
}

export function givenIam(options: Partial<IamOptions> & { roles?: RoleSpec[] } = {}): GivenIam {
  const clock = { now: START }
  const { roles = ROLES, ...rest } = options
  const template = { account: ACCOUNT, region: 'eu-west-1', roles, functions: [fn('api'), fn('other')], tables: [cellTable] }
  return { clock, iam: createIam({ template, groupTags: () => undefined, now: () => clock.now, ...rest }) }
}
