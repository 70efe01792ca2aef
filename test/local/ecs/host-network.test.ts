import type { RunTaskCommandInput } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type GivenEcs, givenEcs, hostGroup, runIn, shellTask } from './given.ts'

let given: GivenEcs
const node = { name: 'node', image: 'shell:1', cpu: 32 }
const shared = (family: string, more: Parameters<typeof shellTask>[2] = {}) =>
  given.call(
    'RegisterTaskDefinition',
    shellTask(family, 'true', { networkMode: 'host', cpu: undefined, containerDefinitions: [node], ...more }),
  )
const onHost = (family: string, more: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput =>
  runIn('a', family, { networkConfiguration: undefined, ...more })
const address = (index = 0): string | undefined => given.ecs.hosts()[index]?.host.address

beforeEach(async () => {
  given = await givenEcs({ hostGroups: [hostGroup('a')], delays: { PROVISIONING: 14_000, DEPROVISIONING: 10_000 } })
  await shared('s')
})
afterEach(() => given.stop())

describe('a task in the network of its host', () => {
  it('takes no network configuration, and one with an interface needs it', async () => {
    const { networkConfiguration } = runIn('a', 's')
    expect(await given.call('RunTask', onHost('s', { networkConfiguration }))).toEqual({
      __type: 'InvalidParameterException',
      message: 'Network Configuration is not valid for the given networkMode of this task definition.',
    })
    expect(await given.call('RunTask', onHost('t'))).toEqual({
      __type: 'InvalidParameterException',
      message: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    })
    expect(given.ecs.tasks()).toEqual([])
  })

  it('waits for no interface, neither coming nor going, and EC2 knows none', async () => {
    const { arn } = await given.run(onHost('s'))
    expect(given.task(arn).lastStatus).toBe('RUNNING')
    expect(await given.call('DescribeTasks', { cluster: 'cell', tasks: [arn] })).toMatchObject({ tasks: [{ attachments: [], cpu: '32' }] })
    expect(given.ecs.networkInterfaces()).toEqual([])
    await given.call('StopTask', { cluster: 'cell', task: arn })
    expect(given.task(arn).lastStatus).toBe('STOPPED')
  })

  it('is at the address that its host has registered', async () => {
    const { arn } = await given.run(onHost('s'))
    const containerInstances = [given.task(arn).hostArn]
    expect(await given.call('DescribeContainerInstances', { cluster: 'cell', containerInstances })).toMatchObject({
      containerInstances: [{ attributes: expect.arrayContaining([{ name: 'ringhold.address', value: address() }]) }],
    })
    expect(given.driver.started[0]?.plan.network).toEqual({ mode: 'host', hostId: given.ecs.hosts()[0]?.host.id, address: address() })
  })

  it('takes no slot of an interface', async () => {
    for (let n = 0; n < 12; n += 1) await given.run(onHost('s', { overrides: { memory: '16' } }))
    expect(given.ecs.tasks().filter((task) => task.lastStatus === 'RUNNING')).toHaveLength(12)
    expect(given.ecs.hosts()[0]?.view.free.interfaces).toBe(10)
  })

  it('has the ports of its mappings reserved: another that wants them goes to another host', async () => {
    const containerDefinitions = [{ ...node, portMappings: [{ containerPort: 7000 }] }]
    await shared('p', { containerDefinitions })
    const first = await given.run(onHost('p'))
    const second = await given.run(onHost('p'))
    expect(given.task(second.arn).lastStatus).toBe('PROVISIONING')
    await given.timers.advance(300)
    expect(new Set(given.ecs.tasks().map((task) => task.hostArn)).size).toBe(2)
    const third = await given.run(onHost('p'))
    expect(given.task(third.arn).hostArn).toBeUndefined()
    await given.call('StopTask', { cluster: 'cell', task: first.arn })
    expect(given.task(third.arn)).toMatchObject({ lastStatus: 'RUNNING', hostArn: given.task(first.arn).hostArn })
  })

  it('has the same port on its host as in its container', async () => {
    const portMappings = [{ containerPort: 1, hostPort: 2 }]
    expect(await shared('bad', { containerDefinitions: [{ ...node, portMappings }] })).toMatchObject({
      __type: 'ClientException',
      message: expect.stringMatching(/networkMode=host.*must match/),
    })
  })
})

describe('CPU of a task', () => {
  const planned = () => given.driver.started.at(-1)?.plan.cpu
  const reserved = () => 2048 - (given.ecs.hosts()[0]?.view.free.cpu ?? 0)

  it('that sets none is the share of its container, which is what its host reserves', async () => {
    await given.run(onHost('s'))
    expect([planned(), reserved()]).toEqual([{ weight: 32 }, 32])
    await given.run(onHost('s', { overrides: { containerOverrides: [{ name: 'node', cpu: 64 }] } }))
    expect([planned(), reserved()]).toEqual([{ weight: 64 }, 96])
  })

  it('is nothing reserved, and the smallest share, where nobody says any', async () => {
    await shared('none', { containerDefinitions: [{ name: 'node', image: 'shell:1' }] })
    await given.run(onHost('none'))
    expect([planned(), reserved()]).toEqual([{ weight: 0 }, 0])
  })

  it('is a limit where the task has it, of its definition or of an override', async () => {
    await given.run(onHost('s', { overrides: { cpu: '256' } }))
    expect([planned(), reserved()]).toEqual([{ atMost: 256 }, 256])
    await shared('l', { cpu: '128' })
    await given.run(onHost('l'))
    expect([planned(), reserved()]).toEqual([{ atMost: 128 }, 384])
    expect(await given.call('RunTask', onHost('s', { overrides: { cpu: '64' } }))).toMatchObject({ __type: 'ClientException' })
  })
})

describe("a host's address", () => {
  it('is its own: not that of another host or of a task, and not that of its successor', async () => {
    const { arn } = await given.run(runIn('a', 't'))
    await given.timers.advance(14_000)
    const before = address()
    expect([before, given.task(arn).eni?.address]).toEqual([expect.stringMatching(/^127\./), expect.not.stringMatching(`^${before}$`)])
    given.ecs.killHost(given.ecs.hosts()[0]?.host.arn ?? '')
    expect(address()).toBeUndefined()
    await given.timers.advance(300)
    expect(address()).not.toBe(before)
  })

  it('stays over a restart', async () => {
    const before = address()
    const { dataDir } = given
    await given.ecs.stop('keep')
    given = await givenEcs({ hostGroups: [hostGroup('a')], dataDir })
    expect(address()).toBe(before)
  })

  it('and the metadata file are there only where user data says so', async () => {
    const plain = await givenEcs({ hostGroups: [hostGroup('a', { agent: { containerMetadata: false, attributes: [] } })] })
    await plain.run(runIn('a', 't'))
    expect(plain.driver.started[0]?.plan.metadataFile).toBeUndefined()
    const containerInstances = [plain.ecs.hosts()[0]?.host.arn]
    const answer = await plain.call('DescribeContainerInstances', { cluster: 'cell', containerInstances })
    expect(JSON.stringify(answer)).not.toContain('ringhold.address')
    await plain.stop()
  })
})
