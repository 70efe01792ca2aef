import { DynamoDBClient, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DeleteSecurityGroupCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetParameterCommand, GetParameterHistoryCommand, SSMClient } from '@aws-sdk/client-ssm'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { ACCOUNT, type GivenIam, givenIam, roleArn } from './given.ts'

const NAMES = ['dynamodb', 'ssm', 'ec2', 'ecs', 'lambda', 'route53', 'sqs']
let given: GivenIam
let endpoint: Endpoint
let reached: string[]
beforeEach(async () => {
  reached = []
  given = givenIam({ groupTags: (id) => (id === 'sg-1' ? { 'ringhold:cell': 'cell-2' } : undefined) })
  const services = NAMES.map((signingName) => ({
    signingName,
    handle: async () => {
      reached.push(signingName)
      return { status: 200, headers: {}, body: '{}' }
    },
  }))
  endpoint = await startEndpoint({ services, authorize: given.iam.authorize })
})
afterEach(() => endpoint.stop())

const config = (accessKeyId: string, sessionToken?: string) => ({
  ...{ endpoint: endpoint.url, region: 'eu-west-1', maxAttempts: 1 },
  credentials: { accessKeyId, secretAccessKey: 'local', ...(sessionToken ? { sessionToken } : {}) },
})
const API = `arn:aws:sts::${ACCOUNT}:assumed-role/api/cell-1-api`
const read = (Name: string) => new GetParameterCommand({ Name })

describe('a call', () => {
  it('that a role of the template allows reaches its service', async () => {
    await new SSMClient(config('cell-1-api')).send(read('/cell-1/a'))
    expect(reached).toEqual(['ssm'])
  })

  it('that it does not allow is denied, in the words of AWS', async () => {
    await expect(new SSMClient(config('cell-1-api')).send(read('/cell-1/b'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${API} is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/cell-1/b because no identity-based policy allows the ssm:GetParameter action`,
    })
    await expect(new SSMClient(config('cell-1-other')).send(read('/cell-1/a'))).rejects.toThrow('not authorized')
    expect(reached).toEqual([])
  })

  it('that a statement forbids says so', async () => {
    const [api, ...others] = (await import('./given.ts')).ROLES
    if (!api) throw new Error('there is no role')
    const deny = { Effect: 'Deny' as const, Action: ['ssm:*'], Resource: ['*'], Condition: {} }
    const strict = givenIam({ roles: [{ ...api, statements: [...api.statements, deny] }, ...others] })
    const request = { action: 'ssm:GetParameter', resource: `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/cell-1/a` }
    expect(() => strict.iam.check('ssm', roleArn('api'), request)).toThrow('with an explicit deny in an identity-based policy')
    expect(() => given.iam.check('ssm', roleArn('api'), request)).not.toThrow()
    expect(() => given.iam.check('ssm', roleArn('nobody'), request)).toThrow('not authorized')
  })

  it('of an operator is not judged', async () => {
    await new SSMClient(config('operator')).send(read('/cell-2/b'))
    await new SSMClient(config('operator')).send(new GetParameterHistoryCommand({ Name: '/x' }))
    expect(reached).toEqual(['ssm', 'ssm'])
  })

  it('of an operation of which nobody has said what it asks for is denied, with that sentence', async () => {
    await expect(new SSMClient(config('cell-1-api')).send(new GetParameterHistoryCommand({ Name: '/x' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('ssm:GetParameterHistory on resource: * because nobody has written down what it asks for'),
    })
    expect(reached).toEqual([])
  })

  it('that names nothing, or is of another form, is denied', async () => {
    const raw = async (service: string, target: string, body: string): Promise<unknown> => {
      const authorization = `AWS4-HMAC-SHA256 Credential=cell-1-api/20250101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
      const headers = { authorization, 'x-amz-target': target }
      return (await fetch(endpoint.url, { method: 'POST', headers, body })).json()
    }
    expect(await raw('ssm', 'AmazonSSM.GetParameter', '{}')).toMatchObject({
      message: expect.stringContaining('it cannot be told what it asks for'),
    })
    expect(await raw('dynamodb', 'DynamoDB_20120810.TransactWriteItems', '{"TransactItems":[]}')).toMatchObject({
      message: expect.stringContaining('it names nothing that it asks for'),
    })
    expect(await raw('ssm', '', '{}')).toMatchObject({ message: expect.stringContaining('ssm:POST / on resource') })
    expect(reached).toEqual([])
  })

  it.each<[string, string, () => Promise<unknown>]>([
    ['dynamodb', 'AccessDeniedException', () => new DynamoDBClient(config('cell-1-other')).send(new ListTablesCommand({}))],
    ['ecs', 'AccessDeniedException', () => new ECSClient(config('cell-1-other')).send(new ListTasksCommand({ cluster: 'c' }))],
    ['lambda', 'AccessDeniedException', () => new LambdaClient(config('cell-1-other')).send(new InvokeCommand({ FunctionName: 'f' }))],
    ['ec2', 'UnauthorizedOperation', () => new EC2Client(config('cell-1-other')).send(new DescribeSecurityGroupsCommand({}))],
    [
      'route53',
      'AccessDenied',
      () => new Route53Client(config('cell-1-other')).send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1' })),
    ],
    [
      'sqs',
      'AccessDeniedException',
      () =>
        new SQSClient({ ...config('cell-1-other'), useQueueUrlAsEndpoint: false }).send(
          new SendMessageCommand({ QueueUrl: `${endpoint.url}/1/q`, MessageBody: 'm' }),
        ),
    ],
  ])('to %s is denied with its own error, %s', async (_service, name, call) => {
    await expect(call()).rejects.toMatchObject({ name, message: expect.stringContaining('is not authorized to perform') })
    expect(reached).toEqual([])
  })

  it('about a security group is judged by the group’s tags, and one that is not there is not found', async () => {
    const client = new EC2Client(config('cell-1-other'))
    await expect(client.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-1' }))).rejects.toMatchObject({ name: 'UnauthorizedOperation' })
    await expect(client.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-2' }))).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' })
  })
})

describe('whoever signs', () => {
  const get = (pk: string) => new GetItemCommand({ TableName: 'cell-1', Key: { pk: { S: pk }, sk: { S: 'x' } } })
  const session = (seconds = 900) => {
    const context = { 'aws:PrincipalTag/tenant': ['a'] }
    return given.iam.sessions.issue({ role: roleArn('tenant'), name: 'arn:aws:sts::1:assumed-role/tenant/a', context }, seconds)
  }

  it('with a key that nobody has is refused', async () => {
    const call = new DynamoDBClient(config('somebody')).send(get('T#a'))
    await expect(call).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
  })

  it('with temporary credentials is the role in that session, for as long as they last', async () => {
    const { accessKeyId, sessionToken } = session()
    const client = new DynamoDBClient(config(accessKeyId, sessionToken))
    await client.send(get('T#a'))
    await expect(client.send(get('T#b'))).rejects.toMatchObject({ name: 'AccessDeniedException' })
    given.clock.now += 900_000
    await expect(client.send(get('T#a'))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    })
  })

  it('without the token that belongs to them, or with another one, is nobody', async () => {
    const { accessKeyId } = session()
    for (const token of [undefined, session().sessionToken])
      await expect(new DynamoDBClient(config(accessKeyId, token)).send(get('T#a'))).rejects.toMatchObject({
        name: 'UnrecognizedClientException',
      })
  })
})
