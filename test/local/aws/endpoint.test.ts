import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import * as z from 'zod'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { jsonService, operation } from '../../../local/aws/json-protocol.ts'
import { AwsError } from '../../../local/aws/service.ts'

const failures: string[] = []
const calls: string[] = []
let endpoint: Endpoint
beforeAll(async () => {
  endpoint = await startEndpoint({
    onError: (error, call) => failures.push(`${call}: ${error}`),
    authorize: (service, request) => {
      calls.push(`${request.caller} ${service} ${request.headers['x-amz-target']} ${request.body}`)
      if (request.headers['x-forbidden']) throw new AwsError('AccessDeniedException', 'not authorized to perform: ssm:GetParameter')
    },
  })
  endpoint.add(
    jsonService('ssm', 'AmazonSSM', {
      GetParameter: operation(z.strictObject({ Name: z.string() }), ({ Name }, caller) => {
        if (Name === 'broken') throw new TypeError('nobody expected this')
        return { Parameter: { Name, Value: caller } }
      }),
    }),
  )
})
afterAll(() => endpoint.stop())

const config = () => ({
  endpoint: endpoint.url,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'observe', secretAccessKey: 'local' },
  maxAttempts: 1,
})

describe('the endpoint', () => {
  it('finds the service and the caller in the credential scope', async () => {
    const answer = await new SSMClient(config()).send(new GetParameterCommand({ Name: 'a' }))
    expect(answer.Parameter).toEqual({ Name: 'a', Value: 'observe' })
    expect(calls).toEqual(['observe ssm AmazonSSM.GetParameter {"Name":"a"}'])
  })

  it.each([
    ['dynamodb', () => new DynamoDBClient(config()).send(new ListTablesCommand({}))],
    ['lambda', () => new LambdaClient(config()).send(new InvokeCommand({ FunctionName: 'x' }))],
    ['ec2', () => new EC2Client(config()).send(new DescribeSecurityGroupsCommand({}))],
    ['route53', () => new Route53Client(config()).send(new ListHostedZonesCommand({}))],
  ])('refuses a service it has no model of by name, in the protocol of its client: %s', async (name, call) => {
    await expect(call()).rejects.toMatchObject({
      name: 'UnknownServiceException',
      message: expect.stringContaining(`no model of the service ${name}`),
    })
  })

  it('refuses an operation and a parameter that the model does not know by name', async () => {
    const client = new SSMClient(config())
    await expect(client.send(new GetParameterCommand({ Name: 'a', WithDecryption: true }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('WithDecryption'),
    })
    const { DescribeParametersCommand } = await import('@aws-sdk/client-ssm')
    await expect(client.send(new DescribeParametersCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('DescribeParameters'),
    })
  })

  it('answers 500 to what no service expected, and reports it with the call', async () => {
    const call = new SSMClient(config()).send(new GetParameterCommand({ Name: 'broken' }))
    await expect(call).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } })
    expect(failures).toEqual(['POST / AmazonSSM.GetParameter: TypeError: nobody expected this'])
  })

  it('refuses an unsigned request, a body that is not JSON and one that is too large', async () => {
    expect((await fetch(endpoint.url)).status).toBe(403)
    const authorization = 'AWS4-HMAC-SHA256 Credential=a/20250101/eu-west-1/ssm/aws4_request, SignedHeaders=host, Signature=0'
    const headers = { authorization, 'x-amz-target': 'AmazonSSM.GetParameter' }
    const post = (body: string | Buffer<ArrayBuffer>) => fetch(endpoint.url, { method: 'POST', headers, body })
    expect(await (await post('{')).json()).toMatchObject({ __type: 'SerializationException' })
    expect((await post(Buffer.alloc(17 * 1024 * 1024))).status).toBe(413)
  })

  it('lets no call through to its service that is not authorised', async () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=a/20250101/eu-west-1/ssm/aws4_request, SignedHeaders=host, Signature=0'
    const headers = { authorization, 'x-amz-target': 'AmazonSSM.GetParameter', 'x-forbidden': 'yes' }
    const answer = await fetch(endpoint.url, { method: 'POST', headers, body: '{"Name":"broken"}' })
    expect([answer.status, await answer.json()]).toMatchObject([400, { __type: 'AccessDeniedException' }])
  })

  /** `fetch` lets nobody set these headers. */
  const askWith = (service: string, headers: Record<string, string>) =>
    new Promise<[number | undefined, string]>((resolve, reject) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=operator/20250101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
      const signed = { authorization, 'x-amz-target': 'AmazonSSM.GetParameter', 'content-type': 'application/x-amz-json-1.1', ...headers }
      const sent = request(endpoint.url, { method: 'POST', headers: signed }, (answer) =>
        text(answer).then((body) => resolve([answer.statusCode, body]), reject),
      )
      sent.on('error', reject).end('{"Name":"a"}')
    })

  it.each([
    ['of a name that somebody made point here', { host: 'evil.example' }],
    ['of such a name with our port', { host: 'evil.example:4566' }],
    ['of a name that only begins like ours', { host: '127.0.0.1.evil.example' }],
    ['of a page of another site', { origin: 'https://evil.example' }],
    ['of a page without an origin', { origin: 'null' }],
    ['of a page at our own name', { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-site' }],
    ['of a form or an image of a page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['typed into a browser', { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' }],
  ])('refuses a request %s, whoever signs it', async (_, headers) => {
    const seen = calls.length
    const [status, body] = await askWith('ssm', headers)
    expect([status, JSON.parse(body)]).toEqual([403, { __type: 'AccessDeniedException', message: expect.any(String) }])
    expect(await askWith('ec2', { ...headers, 'content-type': 'application/x-www-form-urlencoded' })).toEqual([
      403,
      expect.stringContaining('<Code>AccessDeniedException</Code>'),
    ])
    expect(calls).toHaveLength(seen)
  })

  it.each([{ host: '127.0.0.1' }, { host: 'localhost:4566' }, { host: '[::1]:4566' }, { 'sec-fetch-mode': 'cors' }])(
    'takes what programs of this machine send: %j',
    async (headers) => {
      expect(await askWith('ssm', { ...headers })).toEqual([200, '{"Parameter":{"Name":"a","Value":"operator"}}'])
    },
  )

  it('has one service of a name only', () => {
    expect(() => endpoint.add(jsonService('ssm', 'AmazonSSM', {}))).toThrow('two services sign as ssm')
  })
})
