import { createServer, type IncomingMessage, type Server } from 'node:http'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { AssumeRoleError, roleAssumer } from '../../../shared/platform/assume-role.ts'
import { stsUrl } from '../../../shared/platform/env.ts'
import { tenantId } from '../../../shared/platform/table.ts'

interface Reply {
  status: number
  body: string
}
const CREDENTIALS = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
  <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/tenant/ten_a</Arn></AssumedRoleUser>
  <Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>a/b+c=</SecretAccessKey><SessionToken>t//+==</SessionToken>
  <Expiration>2026-11-22T13:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
const refused = (status: number, code: string): Reply => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
})
const given: Reply = { status: 200, body: CREDENTIALS }

let server: Server
let replies: (Reply | 'hang up' | 'say nothing')[]
let received: { headers: IncomingMessage['headers']; form: URLSearchParams }[]
const before = process.env.AWS_ENDPOINT_URL
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers, form: new URLSearchParams(body) })
      const reply = replies.shift() ?? given
      if (reply === 'say nothing') return
      if (reply === 'hang up') request.socket.destroy()
      else response.writeHead(reply.status, { 'content-type': 'text/xml' }).end(reply.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
beforeEach(() => {
  replies = []
  received = []
})
afterAll(() => {
  if (before === undefined) delete process.env.AWS_ENDPOINT_URL
  else process.env.AWS_ENDPOINT_URL = before
  server.closeAllConnections()
  server.close()
})

const slept: number[] = []
function assume() {
  const credentials = { accessKeyId: 'cell-1-api', secretAccessKey: 'local', sessionToken: 'own' }
  const client = new DynamoDBClient({ region: 'eu-west-1', credentials })
  return roleAssumer({ client, clock: { sleep: async (ms) => void slept.push(ms) }, timeoutMs: 200 })(
    'arn:aws:iam::1:role/tenant',
    tenantId('ten_a'),
  )
}

describe('assuming a role for a tenant', () => {
  it('asks again when STS says nothing', async () => {
    replies = ['say nothing', given]
    expect((await assume()).accessKeyId).toBe('ASIAX')
    expect(received).toHaveLength(2)
  })

  it('asks STS for an hour, as the function, in a session tagged and named with the tenant', async () => {
    expect(await assume()).toEqual({
      accessKeyId: 'ASIAX',
      secretAccessKey: 'a/b+c=',
      sessionToken: 't//+==',
      expiration: new Date('2026-11-22T13:00:00Z'),
    })
    expect(Object.fromEntries(received[0]?.form ?? [])).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::1:role/tenant',
      RoleSessionName: 'ten_a',
      DurationSeconds: '3600',
      'Tags.member.1.Key': 'tenant',
      'Tags.member.1.Value': 'ten_a',
    })
    expect(received[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=cell-1-api\/\d{8}\/eu-west-1\/sts\/aws4_request, SignedHeaders=.*\bhost\b/,
      ),
      'x-amz-security-token': 'own',
    })
  })

  it.each<[string, Reply | 'hang up']>([
    ['fails', refused(500, 'InternalFailure')],
    ['is busy', refused(400, 'Throttling')],
    ['breaks off', 'hang up'],
  ])('tries again when STS %s', async (_what, reply) => {
    replies = [reply, reply]
    expect(await assume()).toMatchObject({ accessKeyId: 'ASIAX' })
    expect(received).toHaveLength(3)
  })

  it('gives up after three attempts', async () => {
    replies = Array.from({ length: 9 }, () => refused(503, 'ServiceUnavailable'))
    await expect(assume()).rejects.toMatchObject({ name: 'AssumeRoleError', code: 'ServiceUnavailable', status: 503 })
    expect(received).toHaveLength(3)
  })

  it('takes no for an answer at once, and says which role was refused', async () => {
    replies = [refused(403, 'AccessDenied')]
    await expect(assume()).rejects.toEqual(new AssumeRoleError('AccessDenied', 403, 'arn:aws:iam::1:role/tenant'))
    expect(received).toHaveLength(1)
  })

  it('fails on an answer without credentials', async () => {
    replies = Array.from({ length: 3 }, () => ({ status: 200, body: '<AssumeRoleResponse/>' }))
    await expect(assume()).rejects.toThrow('STS answers without AccessKeyId')
  })
})

describe('STS', () => {
  it.each([
    ['eu-west-1', {}, 'https://sts.eu-west-1.amazonaws.com/'],
    ['cn-north-1', {}, 'https://sts.cn-north-1.amazonaws.com.cn/'],
    ['eu-west-1', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1/'],
    ['eu-west-1', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:2' }, 'http://127.0.0.1:2/'],
  ])('of %s with %j answers at %s', (region, environment, url) => {
    expect(stsUrl(region, environment).href).toBe(url)
  })
})
