import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { capacityOf } from '../../../local/ecs/instance-types.ts'
import { type GivenEcs, givenEcs, hostGroup, runIn, shellTask } from './given.ts'
import { stillDriver } from './still-driver.ts'

let given: GivenEcs
beforeEach(async () => {
  given = await givenEcs({ hostGroups: [hostGroup('a')] })
})
afterEach(() => given.stop())

const firstHost = (): string => given.ecs.hosts()[0]?.host.arn ?? ''
const describeHost = (arn: string) => given.call('DescribeContainerInstances', { cluster: 'cell', containerInstances: [arn] })
const setStatus = (status: string) =>
  given.call('UpdateContainerInstancesState', { cluster: 'cell', containerInstances: [firstHost()], status })

describe('a host', () => {
  it('offers what its instance type has, less what is in use', async () => {
    await given.run(runIn('a', 't'))
    expect(await describeHost(firstHost())).toMatchObject({
      containerInstances: [
        {
          status: 'ACTIVE',
          agentConnected: true,
          runningTasksCount: 1,
          registeredResources: [
            { name: 'CPU', integerValue: 2048 },
            { name: 'MEMORY', integerValue: 3768 },
            { name: 'PORTS', stringSetValue: ['22', '2375', '2376', '51678', '51679', '51680'] },
          ],
          remainingResources: [
            { name: 'CPU', integerValue: 1920 },
            { name: 'MEMORY', integerValue: 3512 },
            { name: 'PORTS', type: 'STRINGSET' },
          ],
        },
      ],
      failures: [],
    })
  })

  it('has as many interface slots as trunking gives its type', () => {
    expect(capacityOf('c7g.large')).toEqual({ cpu: 2048, memoryMiB: 3768, interfaces: 10 })
    expect(capacityOf('r7g.2xlarge')).toEqual({ cpu: 8192, memoryMiB: 60_293, interfaces: 40 })
    expect(capacityOf('r7i.8xlarge').interfaces).toBe(90)
    expect(() => capacityOf('t3.micro')).toThrow(/t3\.micro/)
  })

  it('takes no eleventh task, however small', async () => {
    for (let n = 0; n < 11; n += 1) await given.run(runIn('a', 't', { overrides: { memory: '16' } }))
    expect(given.ecs.tasks().filter((task) => task.lastStatus === 'RUNNING')).toHaveLength(10)
    await given.timers.advance(300)
    expect(given.ecs.hosts()).toHaveLength(2)
  })

  it('that drains takes nothing new and stops nothing', async () => {
    const { arn } = await given.run(runIn('a', 't'))
    expect(await setStatus('DRAINING')).toMatchObject({ containerInstances: [{ status: 'DRAINING' }] })
    const waiting = await given.run(runIn('a', 't', { overrides: { memory: '3700' } }))
    expect([given.task(arn).lastStatus, given.task(waiting.arn).lastStatus]).toEqual(['RUNNING', 'PROVISIONING'])
    expect(
      given.events.find((event) => event['detail-type'] === 'ECS Container Instance State Change' && event.detail.status === 'DRAINING'),
    ).toBeDefined()
    expect(await given.call('ListContainerInstances', { cluster: 'cell', status: 'DRAINING' })).toEqual({
      containerInstanceArns: [firstHost()],
    })
  })

  it('that is active again takes what waits', async () => {
    const full = await givenEcs({ hostGroups: [hostGroup('a', { max: 1 })] })
    const containerInstances = [full.ecs.hosts()[0]?.host.id]
    await full.call('UpdateContainerInstancesState', { cluster: 'cell', containerInstances, status: 'DRAINING' })
    const { arn } = await full.run(runIn('a', 't'))
    await full.call('UpdateContainerInstancesState', { cluster: 'cell', containerInstances, status: 'ACTIVE' })
    expect(full.task(arn).lastStatus).toBe('RUNNING')
    await full.stop()
  })
})

describe('a host that dies', () => {
  it('takes its tasks and its disk with it, and is replaced', async () => {
    await given.call(
      'RegisterTaskDefinition',
      shellTask('d', 'true', {
        volumes: [{ name: 'data', host: { sourcePath: '/data' } }],
        containerDefinitions: [{ name: 'node', image: 'shell:1', mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] }],
      }),
    )
    const { arn } = await given.run(runIn('a', 'd'))
    const host = given.ecs.hosts()[0]?.host
    expect(given.driver.started[0]?.plan.mounts).toEqual([
      { containerPath: '/data', directory: join(given.dataDir, 'hosts', host?.id ?? '', 'disk', 'data'), readOnly: false },
    ])
    given.ecs.killHost(host?.arn ?? '')
    await given.timers.advance(0)
    expect(given.task(arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TerminationNotice',
      stoppedReason: `Host EC2 (instance ${host?.ec2InstanceId}) terminated.`,
    })
    expect(existsSync(join(given.dataDir, 'hosts', host?.id ?? ''))).toBe(false)
    expect(await describeHost(host?.arn ?? '')).toMatchObject({ failures: [{ reason: 'MISSING' }] })
    await given.timers.advance(300)
    expect(given.ecs.hosts().map((state) => state.host.status)).toEqual(['ACTIVE'])
    expect(firstHost()).not.toBe(host?.arn)
  })
})

describe('a host whose agent is out of touch', () => {
  it('takes nothing new, and nothing is heard of its tasks until it is back', async () => {
    const { arn } = await given.run(runIn('a', 't'))
    await given.ecs.setAgentConnected(firstHost(), false)
    given.driver.end(arn, 1)
    await given.call('StopTask', { cluster: 'cell', task: arn })
    const other = await given.run(runIn('a', 't'))
    expect(given.task(arn)).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED' })
    expect(given.task(other.arn).lastStatus).toBe('PROVISIONING')
    expect(await given.call('DescribeTasks', { cluster: 'cell', tasks: [arn] })).toMatchObject({
      tasks: [{ connectivity: 'DISCONNECTED' }],
    })
    await given.ecs.setAgentConnected(firstHost(), true)
    await given.timers.advance(0)
    expect([given.task(arn).lastStatus, given.task(other.arn).lastStatus]).toEqual(['STOPPED', 'RUNNING'])
  })
})

describe('a host that dies while its agent is out of touch', () => {
  const deregister = (host: string, more: object = {}) =>
    given.call('DeregisterContainerInstance', { cluster: 'cell', containerInstance: host, ...more })
  const states = () => given.ecs.instances().map(({ terminatedAt }) => terminatedAt === undefined)
  /** A task runs on it, of which nothing is left. */
  async function ghost(): Promise<{ task: string; host: string }> {
    const { arn } = await given.run(runIn('a', 't'))
    const host = firstHost()
    await given.ecs.setAgentConnected(host, false)
    given.ecs.killHost(host)
    await given.timers.advance(300)
    return { task: arn, host }
  }

  it('stays on the books with its tasks as they were last seen, though it is terminated and another has come', async () => {
    const { task, host } = await ghost()
    expect([given.driver.signals, given.task(task).lastStatus]).toEqual([['SIGKILL'], 'RUNNING'])
    expect(await describeHost(host)).toMatchObject({
      containerInstances: [{ status: 'ACTIVE', agentConnected: false, runningTasksCount: 1 }],
    })
    expect([given.ecs.hosts().map((state) => state.host.gone), states()]).toEqual([
      [true, false],
      [true, false],
    ])
    expect(() => given.ecs.killHost(host)).toThrow('is gone')
    await expect(given.ecs.setAgentConnected(host, true)).rejects.toThrow('is gone')
    await given.call('StopTask', { cluster: 'cell', task })
    await given.timers.advance(20 * 60_000)
    expect(given.task(task)).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED' })
    await given.timers.advance(40 * 60_000)
    expect(states()).toEqual([true])
  })

  it('is deregistered with force, which stops its tasks, and not without', async () => {
    const { task, host } = await ghost()
    expect(await deregister(host)).toEqual({ __type: 'InvalidParameterException', message: 'Found running tasks on the instance.' })
    expect(await deregister(host, { force: true })).toMatchObject({
      containerInstance: { containerInstanceArn: host, status: 'INACTIVE', agentConnected: false },
    })
    await given.timers.advance(0)
    expect(given.task(task)).toMatchObject({
      ...{ lastStatus: 'STOPPED', stopCode: 'UserInitiated' },
      stoppedReason: 'Container instance deregistration forced by user',
    })
    expect(given.told(task).at(-1)).toMatch(/STOPPED \(STOPPED\)$/)
    expect(given.events.filter(({ detail }) => detail.status === 'INACTIVE')).toHaveLength(1)
    expect(await describeHost(host)).toMatchObject({ failures: [{ reason: 'MISSING' }] })
    expect(await deregister(host, { force: true })).toMatchObject({ __type: 'InvalidParameterException' })
    expect(await deregister(firstHost(), { force: true })).toMatchObject({ message: expect.stringContaining('no host that lives') })
  })

  it('has no container that was still starting when it died', async () => {
    const still = stillDriver()
    let started: () => void = () => undefined
    const slow = new Promise<void>((resolve) => {
      started = resolve
    })
    const driver: typeof still.make = (events) => {
      const made = still.make(events)
      return { ...made, start: (launch, plan) => slow.then(() => made.start(launch, plan)) }
    }
    const starting = await givenEcs({ hostGroups: [hostGroup('a')], driver })
    const { arn } = await starting.run(runIn('a', 't'))
    const host = starting.ecs.hosts()[0]?.host.arn ?? ''
    await starting.ecs.setAgentConnected(host, false)
    starting.ecs.killHost(host)
    started()
    await starting.timers.advance(0)
    expect([still.started.length, still.signals.at(-1), starting.ecs.killTask(arn)]).toEqual([1, 'SIGKILL', false])
    await starting.stop()
  })

  it('is no less gone after a restart, and a container that outlived the model dies then', async () => {
    const { task, host } = await ghost()
    await given.ecs.stop('keep')
    const { dataDir } = given
    given = await givenEcs({ hostGroups: [hostGroup('a')], dataDir })
    expect([given.driver.started, given.driver.signals]).toEqual([[], ['SIGKILL']])
    expect([given.task(task).lastStatus, given.ecs.hosts().map((state) => state.host.gone)]).toEqual(['RUNNING', [true, false]])
    await deregister(host, { force: true })
    await given.timers.advance(0)
    expect(given.task(task).lastStatus).toBe('STOPPED')
  })
})

describe('an AZ that is lost', () => {
  it('has no hosts until it is back: what is asked for there waits, and elsewhere nothing changes', async () => {
    const both = await givenEcs({ hostGroups: [hostGroup('a'), hostGroup('b')] })
    const here = await both.run(runIn('a', 't'))
    const there = await both.run(runIn('b', 't'))
    expect(() => both.ecs.loseAz('z')).toThrow('there are no hosts in z')
    both.ecs.loseAz('a')
    await both.timers.advance(1000)
    expect(both.ecs.hosts().map(({ host }) => host.az)).toEqual(['b'])
    expect([both.task(here.arn).stopCode, both.task(there.arn).lastStatus]).toEqual(['TerminationNotice', 'RUNNING'])
    const waiting = await both.run(runIn('a', 't'))
    expect(both.task(waiting.arn).lastStatus).toBe('PROVISIONING')
    both.ecs.restoreAz('a')
    await both.timers.advance(300)
    expect(both.task(waiting.arn).lastStatus).toBe('RUNNING')
    await both.stop()
  })
})
