import { describe, expect, it } from '@jest/globals'
import { readTemplate } from '../../../local/template/template.ts'
import { type GivenStack, givenAssembly, givenFunction } from '../fixtures/assembly.ts'

const read = (resources: GivenStack['resources']) => readTemplate(givenAssembly({ Cell: { resources } }), 'http://127.0.0.1:4566')
const statement = (over: object = {}) => ({
  Effect: 'Allow',
  Action: 'sqs:SendMessage',
  Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
  ...over,
})
const policy = (over: object = {}, Roles: unknown[] = [{ Ref: 'Role' }]) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [statement(over)] }, Roles },
})
const role = (over: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    },
    ...over,
  },
})
const Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } }

describe('a role of a template', () => {
  it('has every policy that is attached to it or written into it, and no other', () => {
    const { roles, functions } = read({
      Queue,
      Role: role({
        MaxSessionDuration: 7200,
        Policies: [{ PolicyName: 'inline', PolicyDocument: { Statement: [statement({ Action: 'sqs:A' })] } }],
      }),
      Other: { Type: 'AWS::IAM::Role' },
      Attached: policy({ Condition: { StringEquals: { k: 'v' } } }),
      Elsewhere: policy({}, [{ Ref: 'Other' }]),
      Worker: givenFunction({ Role: { 'Fn::GetAtt': ['Role', 'Arn'] } }),
    })
    const arn = 'arn:aws:iam::123456789012:role/Cell-Role'
    const Resource = ['arn:aws:sqs:us-east-1:123456789012:work']
    expect(functions[0]?.role).toBe(arn)
    expect(roles[0]).toEqual({
      name: 'Cell-Role',
      arn,
      maxSessionSeconds: 7200,
      trust: [{ Effect: 'Allow', Action: ['sts:AssumeRole'], Principal: { AWS: [], Service: ['lambda.amazonaws.com'] }, Condition: {} }],
      statements: [
        { Effect: 'Allow', Action: ['sqs:A'], Resource, Condition: {} },
        { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource, Condition: { StringEquals: { k: ['v'] } } },
      ],
    })
    expect(roles[1]?.statements).toHaveLength(1)
  })

  it.each([
    ['a managed policy', { Role: role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }) }, 'ManagedPolicyArns'],
    ['a boundary', { Role: role({ PermissionsBoundary: 'arn:aws:iam::1:policy/p' }) }, 'PermissionsBoundary'],
    ['a statement that says what it is not about', { Queue, Role: role(), P: policy({ NotAction: 'sqs:*' }) }, 'NotAction'],
    ['a policy of its own for users', { Queue, Role: role(), P: { Type: 'AWS::IAM::ManagedPolicy' } }, 'AWS::IAM::ManagedPolicy (P)'],
    [
      'trust in everybody',
      { Role: role({ AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }] } }) },
      'Principal',
    ],
  ])('is refused with %s, which would change what it may', (_what, resources, name) => {
    expect(() => read(resources)).toThrow(name)
  })
})
