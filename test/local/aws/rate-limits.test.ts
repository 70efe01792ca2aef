import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DeregisterTaskDefinitionCommand, DescribeTasksCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import * as fc from 'fast-check'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { rateLimits } from '../../../local/aws/rate-limits.ts'
import type { AwsService } from '../../../local/aws/service.ts'
import { tokenBucket } from '../../../local/aws/token-bucket.ts'

let now = 0
const opened: Endpoint[] = []
const willing = (signingName: string): AwsService => ({
  signingName,
  handle: async () => ({ status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: '{}' }),
})
async function open(scale: number, taskDefinitions = { burst: 20, perSecond: 1 }) {
  const services = ['ecs', 'ec2', 'route53', 'ssm'].map(willing)
  const endpoint = await startEndpoint({ services, limit: rateLimits({ taskDefinitions }, scale, () => now) })
  opened.push(endpoint)
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  return { endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 }
}
afterEach(async () => {
  for (const endpoint of opened.splice(0)) await endpoint.stop()
})

/** How many of so many calls are let through, one after another. */
async function letThrough(count: number, call: () => Promise<unknown>): Promise<number> {
  let through = 0
  for (let n = 0; n < count; n += 1) {
    const end = await call().then(
      () => 1,
      (error: unknown) => (Error.isError(error) && /Throttl|RequestLimitExceeded/.test(error.name) ? 0 : 1),
    )
    through += end
  }
  return through
}
const refused = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'let through',
    (error: unknown) => error,
  )
const register = (ecs: ECSClient) => ecs.send(new RegisterTaskDefinitionCommand({ family: 'f', containerDefinitions: [] }))

test('registering and deregistering task definitions share twenty at once, then one a second', async () => {
  const ecs = new ECSClient(await open(1))
  expect(await letThrough(15, () => register(ecs))).toBe(15)
  expect(await letThrough(15, () => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'f:1' })))).toBe(5)
  now += 3000
  expect(await letThrough(10, () => register(ecs))).toBe(3)
  expect(await letThrough(10, () => ecs.send(new DescribeTasksCommand({ tasks: ['t'] })))).toBe(10)
})

test('an account that may define more tasks is let', async () => {
  const ecs = new ECSClient(await open(1, { burst: 25, perSecond: 5 }))
  expect(await letThrough(30, () => register(ecs))).toBe(25)
  now += 1000
  expect(await letThrough(10, () => register(ecs))).toBe(5)
})

test('each service refuses in its own words', async () => {
  const config = await open(0)
  expect(await refused(register(new ECSClient(config)))).toMatchObject({
    ...{ name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } },
  })
  expect(await refused(new EC2Client(config).send(new DescribeSecurityGroupsCommand({})))).toMatchObject({
    ...{ name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } },
  })
  expect(await refused(new Route53Client(config).send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1' })))).toMatchObject({
    ...{ name: 'Throttling', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } },
  })
  expect(await refused(new SSMClient(config).send(new PutParameterCommand({ Name: 'a', Value: 'b' })))).toMatchObject({
    ...{ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } },
  })
})

test('the limits can be scaled, and left out', async () => {
  const ecs = new ECSClient(await open(0.2))
  expect(await letThrough(10, () => register(ecs))).toBe(4)
  const unlimited = new ECSClient(await open(Number.POSITIVE_INFINITY))
  expect(await letThrough(50, () => register(unlimited))).toBe(50)
})

test('over any time a bucket gives no more than its burst and what came back in that time', () => {
  fc.assert(
    fc.property(
      fc.record({ burst: fc.integer({ min: 1, max: 20 }), perSecond: fc.integer({ min: 1, max: 50 }) }),
      fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 200 }),
      (rate, pauses) => {
        let moment = 0
        const take = tokenBucket(rate, () => moment)
        const given: number[] = []
        for (const pause of pauses) {
          moment += pause
          if (take()) given.push(moment)
        }
        for (const [i, from] of given.entries())
          for (const [j, to] of given.entries())
            if (j > i) expect(j - i + 1).toBeLessThanOrEqual(rate.burst + ((to - from) * rate.perSecond) / 1000 + 1e-6)
      },
    ),
  )
})
