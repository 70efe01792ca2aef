import { EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient } from '@aws-sdk/client-ecs'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { createEc2 } from '../../../local/ec2/ec2.ts'
import { type GoneHosts, goneHosts } from '../../../shared/platform/gone-hosts.ts'
import { hostNews, type SilentHost } from '../../../shared/platform/hosts.ts'
import { CLUSTER, type GivenEcs, givenEcs, hostGroup, runIn } from '../../local/ecs/given.ts'

const MINUTE = 60_000
const account = { account: '111122223333', region: 'us-east-1' }

let given: GivenEcs
let endpoint: Endpoint
let clients: { ec2: EC2Client; ecs: ECSClient }
let gone: GoneHosts
let asked: string[]
beforeEach(async () => {
  given = await givenEcs({ hostGroups: [hostGroup('a'), hostGroup('b')] })
  const network = { vpcs: [], securityGroups: [] }
  const ec2 = createEc2({ ...account, network, networkInterfaces: () => [], instances: given.ecs.instances })
  endpoint = await startEndpoint({ services: [given.ecs.service, ec2.service] })
  const at = { endpoint: endpoint.url, region: account.region, maxAttempts: 1 }
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  clients = { ec2: new EC2Client({ ...at, credentials }), ecs: new ECSClient({ ...at, credentials }) }
  asked = []
  clients.ec2.middlewareStack.add(
    (next, context) => (args) => {
      asked.push(String(context.commandName))
      return next(args)
    },
    { step: 'initialize' },
  )
  gone = goneHosts(clients.ec2, clients.ecs, CLUSTER.name)
})
afterEach(async () => {
  clients.ec2.destroy()
  clients.ecs.destroy()
  await endpoint.stop()
  await given.stop()
})

const now = () => given.timers.now()
const silent = async (): Promise<SilentHost[]> => (await hostNews(clients.ecs, CLUSTER.name)).silent
const hostIn = (az: string): string => given.ecs.hosts().find(({ host }) => host.az === az)?.host.arn ?? ''
const arnsAmong = async (): Promise<string[]> => (await gone.among(await silent(), now())).map(({ arn }) => arn)

describe('hosts that are gone', () => {
  it('are those whose machine is terminated: one that runs is cut off, and its nodes may live', async () => {
    const { arn: task } = await given.run(runIn('a', 't'))
    const [dead, cutOff] = [hostIn('a'), hostIn('b')]
    for (const host of [dead, cutOff]) await given.ecs.setAgentConnected(host, false)
    expect(await arnsAmong()).toEqual([])
    given.ecs.killHost(dead)
    await given.timers.advance(MINUTE)
    expect([(await silent()).length, await arnsAmong()]).toEqual([2, [dead]])
    expect([await gone.deregister(dead), await gone.deregister(dead)]).toEqual([true, false])
    await given.timers.advance(0)
    expect([given.task(task).lastStatus, (await silent()).map(({ arn }) => arn)]).toEqual(['STOPPED', [cutOff]])
  })

  it('are those of which EC2 tells no more, unless they are so new that it may not tell of them yet', async () => {
    const dead = hostIn('a')
    await given.ecs.setAgentConnected(dead, false)
    given.ecs.killHost(dead)
    await given.timers.advance(61 * MINUTE)
    expect(given.ecs.instances().some(({ terminatedAt }) => terminatedAt !== undefined)).toBe(false)
    expect(await arnsAmong()).toEqual([dead])
    const host = (arn: string, age: number): SilentHost => ({ arn, instance: `i-of-${arn}`, registered_at: now() - age })
    expect(await gone.among([host('old', 6 * MINUTE), host('new', 4 * MINUTE)], now())).toMatchObject([{ arn: 'old' }])
  })

  it('are asked for by the two hundred, and not where no agent is silent', async () => {
    expect([await gone.among([], now()), asked]).toEqual([[], []])
    const many = Array.from({ length: 250 }, (_, n): SilentHost => ({ arn: `${n}`, instance: `i-${n}`, registered_at: 0 }))
    expect(await gone.among(many, now())).toEqual(many)
    expect(asked).toEqual(['DescribeInstancesCommand', 'DescribeInstancesCommand'])
  })
})
