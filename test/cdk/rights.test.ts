import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import * as z from 'zod'
import { FUNCTION_VARIABLES } from '../../shared/platform/env.ts'
import { DUE_KINDS, dueShards } from '../../shared/platform/table.ts'
import { flat, givenSynthesis, type Synthesised } from './given.ts'

let cell: Synthesised
beforeAll(() => {
  cell = givenSynthesis()
})
afterAll(() => cell.remove())

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())])
const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: list,
  Resource: list,
  Condition: z.record(z.string(), z.unknown()).optional(),
})
type Statement = z.infer<typeof Statement>
const Policy = z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }), Roles: z.array(z.string()) })

const policies = () => cell.ofType('AWS::IAM::Policy').map((policy) => Policy.parse(flat(policy.Properties)))
const statements = (): Statement[] => policies().flatMap((policy) => policy.PolicyDocument.Statement)
const properties = (name: string) =>
  cell.ofType('AWS::Lambda::Function').find((resource) => resource.Properties.FunctionName === `cell-1-${name}`)?.Properties ?? {}
const idIn = (reference: unknown): string =>
  z
    .string()
    .parse(flat(reference))
    .replace(/^<(\w+)\.Arn>$/, '$1')
const ownRole = (name: string): string => idIn(properties(name).Role)
const Variables = z.object({ Variables: z.record(z.string(), z.unknown()) })
/** The role that a variable of a function names. */
const roleIn = (name: string, variable: string): string => idIn(Variables.parse(properties(name).Environment).Variables[variable])
const allowedIn = (role: string): Statement[] =>
  policies()
    .filter((policy) => policy.Roles.includes(`<${role}>`))
    .flatMap((policy) => policy.PolicyDocument.Statement)
    .filter((statement) => statement.Effect === 'Allow')
/** What a function's role is allowed. */
const allowed = (name: string): Statement[] => allowedIn(ownRole(name))
/** What a role is allowed that a function assumes. */
const allowedTo = (name: string, variable: string): Statement[] => allowedIn(roleIn(name, variable))
const actionsOf = (of: Statement[]): string[] => of.flatMap((statement) => statement.Action)
const names = Object.keys(FUNCTION_VARIABLES)
const REMEMBERING = names.filter((name) => name !== 'ring' && name !== 'preview')

/** What statements grant of items: actions, the end of the resource, and the condition. */
const tableRights = (of: Statement[]): unknown[] =>
  of
    .filter((statement) => statement.Action.some((action) => /^dynamodb:(\w*Item|Query|Scan|PartiQL)/.test(action)))
    .map(({ Action, Resource, Condition }) => [Action, Resource.join().replace(/^.*?(\/index\/\w+)?$/, '$1') || 'Arn', Condition])
/** The partitions have to be named, and to be these. */
const named = (partitions: Record<string, string[]>) => ({
  ...Object.fromEntries(Object.entries(partitions).map(([operator, values]) => [operator, { 'dynamodb:LeadingKeys': values }])),
  Null: { 'dynamodb:LeadingKeys': 'false' },
})

const actions = (name: string): string[] => actionsOf(allowed(name))
const withAction = (name: string, action: string): Statement[] => allowed(name).filter((statement) => statement.Action.includes(action))

/** Calls that AWS does not tie to a resource; all else names one, or is held by a condition. */
const WITHOUT_RESOURCE = [
  /^xray:/,
  /^logs:(Create|Get|Update|Delete|List)LogDelivery|^logs:(Put|Describe)ResourcePolic|^logs:DescribeLogGroups|^logs:ListLogDeliveries/,
  /^ec2:(Create|Describe|Delete)NetworkInterfaces?$|^ec2:DescribeSubnets$|^ec2:(Unassign|Assign)PrivateIpAddresses$|^ec2:Describe(SecurityGroups|Instances)$/,
  /^ecs:(DeregisterTaskDefinition|ListTaskDefinitions|ListTaskDefinitionFamilies|DiscoverPollEndpoint)$/,
  /^ssm:UpdateInstanceInformation$|^ssmmessages:/,
  /^ssm:DescribeParameters$/,
  /^dynamodb:ListStreams$/,
]

describe('roles', () => {
  it('hold no managed policy, which would grant more than the cell', () => {
    for (const role of cell.ofType('AWS::IAM::Role')) expect(role.Properties.ManagedPolicyArns).toBeUndefined()
  })

  it('name every action in full', () => {
    expect(
      statements()
        .flatMap((statement) => statement.Action)
        .filter((action) => action.includes('*')),
    ).toEqual([])
  })

  it('name the resources of every action that has any', () => {
    const loose = statements()
      .filter((statement) => statement.Effect === 'Allow' && statement.Resource.includes('*') && !statement.Condition)
      .flatMap((statement) => statement.Action)
    expect(loose.filter((action) => !WITHOUT_RESOURCE.some((known) => known.test(action)))).toEqual([])
  })

  it('never scan the table', () => {
    expect(cell.text).not.toContain('dynamodb:Scan')
  })
})

describe('functions', () => {
  it("only step starts and stops tasks, changes security groups, names and passes a role; orphans takes nobody's names away too", () => {
    const guarded = ['ecs:RunTask', 'ecs:StopTask', 'ec2:CreateSecurityGroup', 'route53:ChangeResourceRecordSets', 'iam:PassRole']
    for (const name of Object.keys(FUNCTION_VARIABLES)) {
      const may: Record<string, string[]> = { step: guarded, orphans: ['route53:ChangeResourceRecordSets'] }
      expect(guarded.filter((action) => actions(name).includes(action))).toEqual(may[name] ?? [])
    }
  })

  it('step runs tasks in its own cluster only, under the execution role only, in groups of its own cell only', () => {
    const [cluster] = cell.ofType('AWS::ECS::Cluster')
    for (const action of ['ecs:RunTask', 'ecs:StopTask', 'ecs:DescribeTasks', 'ecs:ListTasks'])
      expect(withAction('step', action).map((statement) => statement.Condition)).toEqual([
        { ArnEquals: { 'ecs:cluster': `<${cluster?.id}.Arn>` } },
      ])
    expect(withAction('step', 'iam:PassRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: [expect.stringContaining('ExecutionRole')],
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
    ])
    expect(withAction('step', 'ec2:DeleteSecurityGroup').map((statement) => statement.Condition)).toEqual([
      { StringEquals: { 'aws:ResourceTag/ringhold:cell': 'cell-1' }, Null: { 'aws:ResourceTag/ringhold:cluster': 'false' } },
    ])
  })

  it('sweep alone takes hosts off the books, of its own cluster only', () => {
    const [cluster] = cell.ofType('AWS::ECS::Cluster')
    const deregister = 'ecs:DeregisterContainerInstance'
    expect(names.filter((name) => actions(name).includes(deregister))).toEqual(['sweep'])
    expect(withAction('sweep', deregister).flatMap((statement) => statement.Resource)).toEqual([`<${cluster?.id}.Arn>`])
  })

  it('orphans takes away in its own cluster and cell only, and reads no secret', () => {
    const [cluster] = cell.ofType('AWS::ECS::Cluster')
    expect(withAction('orphans', 'ecs:DescribeTasks').map((statement) => statement.Condition)).toEqual([
      { ArnEquals: { 'ecs:cluster': `<${cluster?.id}.Arn>` } },
    ])
    expect(withAction('orphans', 'ec2:DeleteSecurityGroup').map((statement) => statement.Condition)).toEqual([
      { StringEquals: { 'aws:ResourceTag/ringhold:cell': 'cell-1' }, Null: { 'aws:ResourceTag/ringhold:cluster': 'false' } },
    ])
    expect(withAction('orphans', 'ssm:DeleteParameter').flatMap((statement) => statement.Resource)).toEqual([
      expect.stringMatching(/:parameter\/cell-1\/clusters\/\*$/),
    ])
    expect(actions('orphans').filter((action) => /^ssm:(Get|Put)/.test(action))).toEqual([])
    const items = actionsOf(allowedTo('orphans', 'TENANT_ROLE_ARN'))
    expect(items).toEqual(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'])
  })

  it('ring knows nothing but the network: no table, no secret, no AWS call', () => {
    const services = new Set(actions('ring').map((action) => action.split(':')[0]))
    expect([...services].sort()).toEqual(['ec2', 'logs', 'xray'])
  })

  it('ring may not use the rights with which Lambda puts it into the VPC', () => {
    const denied = statements().filter((statement) => statement.Effect === 'Deny')
    expect(denied).toEqual([
      expect.objectContaining({
        Condition: { ArnEquals: { 'lambda:SourceFunctionArn': expect.stringContaining('function:cell-1-ring') } },
      }),
    ])
    expect(denied[0]?.Action).toContain('ec2:CreateNetworkInterface')
  })

  it('preview reads hosts of its own cluster, and nothing else of anything', () => {
    const [cluster] = cell.ofType('AWS::ECS::Cluster')
    const own = actions('preview').filter((action) => !/^(logs|xray):/.test(action))
    expect(own).toEqual(['ecs:ListContainerInstances', 'ecs:DescribeContainerInstances'])
    expect(withAction('preview', 'ecs:ListContainerInstances').map(({ Resource }) => Resource)).toEqual([[`<${cluster?.id}.Arn>`]])
    expect(withAction('preview', 'ecs:DescribeContainerInstances')).toMatchObject([
      {
        Resource: [expect.stringMatching(/:container-instance\/cell-1\/\*$/)],
        Condition: { ArnEquals: { 'ecs:cluster': `<${cluster?.id}.Arn>` } },
      },
    ])
  })

  it('only observe and step may invoke ring, and the API preview; the state machine may invoke those two alone', () => {
    const invoked = (name: string): string[] => withAction(name, 'lambda:InvokeFunction').flatMap(({ Resource }) => Resource)
    const invokers = names.filter((name) => invoked(name).length > 0)
    expect(invokers.map((name) => [name, invoked(name)])).toEqual([
      ['api', [expect.stringContaining('Preview')]],
      ['observe', [expect.stringContaining('Ring')]],
      ['step', [expect.stringContaining('Ring')]],
    ])
    const [machine] = cell.ofType('AWS::StepFunctions::StateMachine')
    const role = z.string().parse(flat(machine?.Properties.RoleArn)).replace('.Arn', '')
    const ofMachine = policies()
      .filter((policy) => policy.Roles.includes(role))
      .flatMap((policy) => policy.PolicyDocument.Statement)
      .filter((statement) => statement.Action.includes('lambda:InvokeFunction'))
      .flatMap((statement) => statement.Resource)
    expect(ofMachine).toEqual([expect.stringContaining('Observe'), expect.stringContaining('Step')])
  })

  it('reach no item of a tenant by themselves: the API looks keys up, the sweep and orphans what is due, and steps take turns', () => {
    const due = [['dynamodb:Query'], '/index/due', named({ 'ForAllValues:StringEquals': DUE_KINDS.flatMap(dueShards) })]
    expect(Object.fromEntries(names.map((name) => [name, tableRights(allowed(name))]))).toEqual({
      ...Object.fromEntries(names.map((name) => [name, []])),
      api: [[['dynamodb:GetItem'], 'Arn', named({ 'ForAllValues:StringLike': ['KEY#*'] })]],
      step: [[['dynamodb:UpdateItem'], 'Arn', named({ 'ForAllValues:StringEquals': ['TURNS'] })]],
      sweep: [due],
      orphans: [due],
    })
  })

  it('assume a role for one tenant at a time, which reaches its partition by item and by nothing else', () => {
    const own = named({ 'ForAllValues:StringEquals': [`T#\${aws:PrincipalTag/tenant}`] })
    for (const name of REMEMBERING) {
      expect(tableRights(allowedTo(name, 'TENANT_ROLE_ARN'))).toEqual([[expect.anything(), 'Arn', own]])
      expect(actionsOf(allowedTo(name, 'TENANT_ROLE_ARN')).filter((action) => !/^dynamodb:(\w+Item|Query)$/.test(action))).toEqual([])
    }
    expect(tableRights(allowedTo('api', 'KEYS_ROLE_ARN'))).toEqual([
      [expect.anything(), 'Arn', named({ 'ForAllValues:StringLike': ['KEY#*', `T#\${aws:PrincipalTag/tenant}`] })],
    ])
  })

  it('is each trusted with its own roles alone, and only with the tag that says whose', () => {
    for (const [name, variable] of [...REMEMBERING.map((each) => [each, 'TENANT_ROLE_ARN']), ['api', 'KEYS_ROLE_ARN']]) {
      const role = cell.ofType('AWS::IAM::Role').find(({ id }) => id === roleIn(name ?? '', variable ?? ''))
      expect(flat(role?.Properties.AssumeRolePolicyDocument)).toMatchObject({
        Statement: [
          {
            Effect: 'Allow',
            Action: ['sts:AssumeRole', 'sts:TagSession'],
            Principal: { AWS: `<${ownRole(name ?? '')}.Arn>` },
            Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['tenant'] }, Null: { 'aws:RequestTag/tenant': 'false' } },
          },
        ],
      })
    }
  })

  it('only the API makes the master key of webhooks; who signs reads it', () => {
    const holders = (action: string) =>
      Object.keys(FUNCTION_VARIABLES).filter((name) =>
        withAction(name, action).some((statement) => statement.Resource.some((resource) => resource.endsWith('/webhook-master'))),
      )
    expect([holders('ssm:PutParameter'), holders('ssm:GetParameter')]).toEqual([['api'], ['api', 'deliver']])
  })

  it('read parameters below their cell only', () => {
    const parameters = statements()
      .filter((statement) => statement.Action.some((action) => /^ssm:.*Parameter/.test(action) && action !== 'ssm:DescribeParameters'))
      .flatMap((statement) => statement.Resource)
    expect(parameters.length).toBeGreaterThan(0)
    for (const resource of parameters) expect(resource).toMatch(/:parameter\/cell-1\//)
  })
})

it('what starts a node reads credentials of clusters, for tasks of this account, and nothing else', () => {
  const role = cell.ofType('AWS::IAM::Role').find((candidate) => candidate.id.includes('ExecutionRole'))
  expect(flat(role?.Properties.AssumeRolePolicyDocument)).toMatchObject({
    Statement: [
      { Principal: { Service: 'ecs-tasks.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } } },
    ],
  })
  const granted = policies()
    .filter((policy) => policy.Roles.includes(`<${role?.id}>`))
    .flatMap((policy) => policy.PolicyDocument.Statement)
  expect(granted).toEqual([
    { Effect: 'Allow', Action: ['ssm:GetParameters'], Resource: [expect.stringMatching(/:parameter\/cell-1\/clusters\/\*$/)] },
  ])
})

it('no secret is in the template', () => {
  expect(cell.text).not.toMatch(/whsec_|rgh_(live|test)_|BEGIN [A-Z ]*PRIVATE KEY|"(Secret|Password)[A-Za-z]*": *"/)
})
