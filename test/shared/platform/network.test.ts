import { EC2Client } from '@aws-sdk/client-ec2'
import { startEndpoint } from '../../../local/aws/endpoint.ts'
import { createEc2 } from '../../../local/ec2/ec2.ts'
import { type Network, network } from '../../../shared/platform/network.ts'

let ours: Network
let stop: () => Promise<void>
const asked: string[] = []
beforeEach(async () => {
  asked.length = 0
  const groups = { vpcs: [{ id: 'vpc-1', cidr: '10.0.0.0/16' }], securityGroups: [] }
  const { service } = createEc2({
    account: '111122223333',
    region: 'us-east-1',
    network: groups,
    networkInterfaces: () => [],
    instances: () => [],
  })
  const endpoint = await startEndpoint({ services: [service] })
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  const ec2 = new EC2Client({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 })
  ec2.middlewareStack.add(
    (next, context) => (args) => {
      asked.push(String(context.commandName))
      return next(args)
    },
    { step: 'initialize' },
  )
  ours = network(ec2, 'vpc-1')
  stop = endpoint.stop
})
afterEach(() => stop())

const opening = (port: number) => ({ fromPort: port, toPort: port, cidrs: ['10.0.0.0/16'] })
const authorizations = (): number => asked.filter((name) => name.startsWith('Authorize')).length

test('all that is to be opened is asked for at once', async () => {
  const group = await ours.ensureGroup('a', { cell: 'a' })
  await ours.open(group, [opening(1), opening(2), opening(3)])
  expect(authorizations()).toBe(1)
})

test('where some of it is open already, the rest is opened too, and all of it may be asked for again', async () => {
  const group = await ours.ensureGroup('a', { cell: 'a' })
  await ours.open(group, [opening(2)])
  await ours.open(group, [opening(1), opening(2), opening(3)])
  asked.length = 0
  // Each by itself is refused now: all are open.
  await ours.open(group, [opening(1), opening(3)])
  await ours.open(group, [opening(1), opening(2), opening(3)])
  expect(authorizations()).toBe(3 + 4)
})
