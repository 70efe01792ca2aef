import type { RoleSpec } from '../../local/template/roles.ts'
import { tenantId, tenantPartition } from '../../shared/platform/table.ts'
import { type Cell, givenCell, OUT } from '../support/given-cell.ts'
import { hostRequests, ownRequests } from '../support/rights/own.ts'
import { type Asked, denied, granted, resourcesOf, without } from '../support/rights/roles.ts'
import { doEverything } from '../support/rights/workload.ts'

/** All that the product asked for, each once, and what of it was refused. */
const judged = new Map<string, Asked>()
const refused: Asked[] = []
let cell: Cell
let roles: RoleSpec[]
let made: Asked[]
let others: Asked[]
beforeAll(async () => {
  cell = await givenCell({
    onJudged: ({ role, context: caller }, request, allowed) => {
      const asked = { role, caller, ...request }
      judged.set(JSON.stringify(asked), asked)
      if (!allowed) refused.push(asked)
    },
  })
  await doEverything(cell, () => wasAsked('DeliverRole', 'sqs:SendMessage'))
  const { template, endpointUrl } = cell.cloud
  const resources = resourcesOf(OUT, template, endpointUrl)
  roles = template.roles
  made = [...judged.values()]
  others = [...ownRequests(resources), ...hostRequests(resources)]
}, 300_000)
afterAll(() => cell?.stop())

/** The role as a person would say it: `cell-1-ControlPlaneApiRole6BE1A293` is `ApiRole`. */
const named = (role: string): string => role.replace(/^.*role\/cell-1-(ControlPlane)?/, '').replace(/[0-9A-F]{8}$/, '')

const wasAsked = (who: string, what: string): boolean =>
  [...judged.values()].some(({ role, action }) => named(role) === who && action === what)

/** Granted though nothing here asks for it, and why. */
const SPARE: Record<string, string> = {
  // The CDK grants these together with what is needed.
  'sqs:GetQueueUrl': 'part of the grant to send to, or to be fed from, a queue',
  'sqs:GetQueueAttributes': 'part of the grant to put aside what a stream could not deliver',
  'sqs:ChangeMessageVisibility': 'part of the grant to be fed from a queue',
  'ec2:DescribeSecurityGroups': 'finds a group by its name when a crash kept it from being written down',
}
const unused = (of: RoleSpec[]): string[] => {
  const asked = new Set([...made, ...others].map(({ role, action }) => `${role} ${action}`))
  return granted(of)
    .filter(([role, action]) => !asked.has(`${role} ${action}`) && !(action in SPARE))
    .map(([role, action]) => `${named(role)} ${action}`)
}

test('every call that the product makes is allowed by its role, in that partition, cluster and cell', () => {
  expect(refused).toEqual([])
  expect(denied(roles, made)).toEqual([])
})

test('what AWS does in the name of a role because the template says so is allowed', () => {
  expect(denied(roles, others)).toEqual([])
})

test('nothing else is allowed', () => {
  expect(unused(roles)).toEqual([])
})

test('the groups of the cell itself, which have the tags of its stack, nobody may open or delete', () => {
  const [group] = cell.cloud.template.network.securityGroups
  expect(group?.tags).toEqual({ 'ringhold:cell': 'cell-1' })
  const resource = `arn:aws:ec2:us-east-1:${cell.cloud.template.account}:security-group/${group?.id}`
  const context = Object.fromEntries(Object.entries(group?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, [value]]))
  const asked = roles.flatMap(({ arn: role }) =>
    ['ec2:AuthorizeSecurityGroupIngress', 'ec2:DeleteSecurityGroup'].map(
      (action): Asked => ({ role, caller: {}, action, resource, context }),
    ),
  )
  expect(denied(roles, asked)).toEqual(asked)
})

test('any one right that is missing is noticed, and so is one too many', () => {
  const needed = granted(roles).filter(([, action]) => !(action in SPARE))
  const unnoticed = needed.filter(([role, action]) => denied(without(roles, role, action), [...made, ...others]).length === 0)
  expect(unnoticed).toEqual([])
  const scan = { Effect: 'Allow' as const, Action: ['dynamodb:Scan'], Resource: ['*'], Condition: {} }
  const loose = roles.map((role) => (named(role.arn) === 'ApiRole' ? { ...role, statements: [...role.statements, scan] } : role))
  expect(unused(loose)).toEqual(['ApiRole dynamodb:Scan'])
})

const changed = (request: Asked, change: (text: string) => string): Asked => {
  const { context = {} } = request
  const all = Object.entries(context).map(([key, values]): [string, string[]] => [key, values.map(change)])
  return { ...request, resource: change(request.resource), context: Object.fromEntries(all) }
}
const differing = (change: (text: string) => string): Asked[] =>
  made.flatMap((request) => {
    const other = changed(request, change)
    return JSON.stringify(other) === JSON.stringify({ ...request, context: request.context ?? {} }) ? [] : [other]
  })

test('a function may not do to another cell what it does to its own', () => {
  const abroad = differing((text) => text.replaceAll('cell-1', 'cell-2'))
  expect(abroad.length).toBeGreaterThan(50)
  expect(abroad.filter((request) => denied(roles, [request]).length === 0)).toEqual([])
})

test('nor to another tenant, whose partition it names in its place', () => {
  const foreign = differing((text) => text.replace(tenantPartition(tenantId(cell.demo.tenant_id)), tenantPartition(tenantId('ten_other'))))
  expect(foreign.length).toBeGreaterThan(15)
  expect(foreign.filter((request) => denied(roles, [request]).length === 0)).toEqual([])
})
