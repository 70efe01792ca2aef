import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/nested-clients/sts'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { createSts } from '../../../local/sts/sts.ts'
import type { RoleSpec } from '../../../local/template/roles.ts'
import { ACCOUNT, type GivenIam, givenIam, ROLES, roleArn, START } from '../iam/given.ts'

const ROOT = `arn:aws:iam::${ACCOUNT}:root`
const allows = (Action: string[], principal: string): RoleSpec['trust'] => [
  { Effect: 'Allow', Action, Principal: { AWS: [principal], Service: [] }, Condition: {} },
]
const role = (name: string, over: Partial<RoleSpec>): RoleSpec => ({
  ...{ name, arn: roleArn(name), trust: [], statements: [], maxSessionSeconds: 7200, ...over },
})
const mayAssume = (name: string, Effect: 'Allow' | 'Deny' = 'Allow') => ({
  ...{ Effect, Action: ['sts:AssumeRole'], Resource: [roleArn(name)], Condition: {} },
})

let given: GivenIam
let endpoint: Endpoint
beforeAll(async () => {
  const [api, other, ...rest] = ROLES
  if (!api || !other) throw new Error('there are no roles')
  given = givenIam({
    roles: [
      { ...api, statements: [mayAssume('of-account'), mayAssume('forbidden', 'Deny')] },
      { ...other, statements: [mayAssume('tenant')] },
      ...rest,
      role('of-account', { trust: allows(['sts:AssumeRole'], ROOT) }),
      role('forbidden', { trust: allows(['sts:AssumeRole'], roleArn('api')) }),
      role('untagged', { trust: allows(['sts:AssumeRole'], roleArn('api')) }),
      role('chained', { trust: allows(['sts:AssumeRole', 'sts:TagSession'], roleArn('tenant')) }),
    ],
  })
  endpoint = await startEndpoint({ services: [createSts({ iam: given.iam, account: ACCOUNT }).service], authorize: given.iam.authorize })
})
afterAll(() => endpoint.stop())

const client = (accessKeyId = 'cell-1-api', sessionToken?: string) =>
  new STSClient({
    ...{ endpoint: endpoint.url, region: 'eu-west-1', maxAttempts: 1 },
    credentials: { accessKeyId, secretAccessKey: 'local', ...(sessionToken ? { sessionToken } : {}) },
  })
const tags = (tenant: string) => ({ Tags: [{ Key: 'tenant', Value: tenant }] })
const assume = (name: string, over: Partial<AssumeRoleCommandInput> = {}, by = client()) =>
  by.send(new AssumeRoleCommand({ RoleArn: roleArn(name), RoleSessionName: 'ten_a', ...over }))

describe('AssumeRole', () => {
  it('gives credentials that are the role in a session with that tag, for as long as was asked', async () => {
    const { Credentials, AssumedRoleUser } = await assume('tenant', { ...tags('ten_a'), DurationSeconds: 900 })
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/tenant/ten_a`)
    expect(Credentials?.Expiration).toEqual(new Date(START + 900_000))
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z0-9]{16}$/)
    const headers = { 'x-amz-security-token': Credentials?.SessionToken ?? '' }
    expect(given.iam.principalOf('dynamodb', { caller: Credentials?.AccessKeyId ?? '', headers })).toEqual({
      role: roleArn('tenant'),
      name: `arn:aws:sts::${ACCOUNT}:assumed-role/tenant/ten_a`,
      context: { 'aws:PrincipalTag/tenant': ['ten_a'] },
    })
  })

  it.each<[string, string, Partial<AssumeRoleCommandInput>, string]>([
    ['whom the role does not trust, whatever its own policy says', 'cell-1-other', tags('ten_a'), 'tenant'],
    ['without the tag that the role asks for', 'cell-1-api', {}, 'tenant'],
    ['with a tag more than the role takes', 'cell-1-api', { Tags: [...tags('ten_a').Tags, { Key: 'team', Value: 'x' }] }, 'tenant'],
    ['with another tag', 'cell-1-api', { Tags: [{ Key: 'team', Value: 'x' }] }, 'tenant'],
    ['with tags, of a role that takes none', 'cell-1-api', tags('ten_a'), 'untagged'],
    ['for a role that is not there', 'cell-1-api', {}, 'nobody'],
    ['for a role that its own policy forbids it', 'cell-1-api', {}, 'forbidden'],
    ['for a role that trusts the account, without a policy of its own', 'cell-1-other', {}, 'of-account'],
  ])('is denied to a caller %s', async (_what, caller, input, name) => {
    await expect(assume(name, input, client(caller))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(/is not authorized to perform: sts:(AssumeRole|TagSession) on resource: arn:aws:iam::.*:role\//),
    })
  })

  it('is enough to be named by a role, or to be allowed where the role trusts the account', async () => {
    await expect(assume('untagged')).resolves.toBeDefined()
    await expect(assume('of-account')).resolves.toBeDefined()
  })

  it.each<[string, string, Partial<AssumeRoleCommandInput>, RegExp]>([
    ['under 15 minutes', 'tenant', { ...tags('a'), DurationSeconds: 899 }, /DurationSeconds/],
    ['over an hour from a session', 'untagged', { DurationSeconds: 3601 }, /1 hour session limit for roles assumed by role chaining/],
    ['a name with spaces', 'untagged', { RoleSessionName: 'a b' }, /RoleSessionName/],
    ['a tag that could be a pattern', 'tenant', tags('*'), /Tags/],
    ['one tag twice', 'tenant', { Tags: [...tags('a').Tags, { Key: 'Tenant', Value: 'b' }] }, /Duplicate tag keys/],
    ['what the model does not know', 'untagged', { Policy: '{}' }, /Policy/],
  ])('refuses %s', async (_what, name, input, message) => {
    await expect(assume(name, input)).rejects.toMatchObject({ name: 'ValidationError', message: expect.stringMatching(message) })
  })

  it('of a session is that of its role; of credentials that have ended it is none', async () => {
    const { Credentials } = await assume('tenant', { ...tags('ten_a'), DurationSeconds: 900 })
    const chained = client(Credentials?.AccessKeyId, Credentials?.SessionToken)
    await expect(assume('chained', tags('ten_b'), chained)).resolves.toBeDefined()
    await expect(assume('tenant', tags('ten_b'), chained)).rejects.toMatchObject({ name: 'AccessDenied' })
    given.clock.now += 900_000
    await expect(assume('chained', tags('ten_b'), chained)).rejects.toMatchObject({ name: 'ExpiredToken' })
  })
})
