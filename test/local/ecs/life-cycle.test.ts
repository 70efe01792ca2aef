import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type GivenEcs, givenEcs, runIn, shellTask } from './given.ts'

const opened: GivenEcs[] = []
async function open(more: Parameters<typeof givenEcs>[0] = {}): Promise<GivenEcs> {
  const ecs = await givenEcs(more)
  opened.push(ecs)
  return ecs
}
let given: GivenEcs
beforeEach(async () => {
  given = await open()
})
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop()
})

const WAY_UP = ['1 PROVISIONING (RUNNING)', '2 PENDING (RUNNING)', '3 ACTIVATING (RUNNING)', '4 RUNNING (RUNNING)']

describe('the life of a task', () => {
  it('goes up through its states, each told once and numbered', async () => {
    const { arn } = await given.run(runIn('a', 't'))
    expect(given.told(arn)).toEqual(WAY_UP)
  })

  it('goes down through its states when it is stopped', async () => {
    const { arn } = await given.run(runIn('a', 't'))
    await given.call('StopTask', { cluster: 'cell', task: arn, reason: 'enough' })
    expect(given.told(arn).slice(4)).toEqual([
      '5 RUNNING (STOPPED)',
      '6 DEACTIVATING (STOPPED)',
      '7 STOPPING (STOPPED)',
      '8 STOPPING (STOPPED)',
      '9 DEPROVISIONING (STOPPED)',
      '10 STOPPED (STOPPED)',
    ])
    expect(given.driver.signals).toEqual(['SIGTERM, 5000 ms'])
    expect(given.task(arn)).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough', container: { exitCode: 143 } })
  })

  it('ends with its container, and says how', async () => {
    const { arn } = await given.run(runIn('a', 't'))
    given.driver.end(arn, 3)
    await given.timers.advance(0)
    expect(given.told(arn).slice(4)).toEqual(['5 RUNNING (STOPPED)', '6 DEPROVISIONING (STOPPED)', '7 STOPPED (STOPPED)'])
    expect(given.events.at(-1)?.detail).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 3, lastStatus: 'STOPPED' }],
    })
  })

  it('does not start without its image', async () => {
    given.driver.refuseToPull('shell:1')
    const { arn } = await given.run(runIn('a', 't'))
    expect(given.task(arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: no such image',
    })
    expect(given.told(arn)).toEqual([...WAY_UP.slice(0, 2), '3 PENDING (STOPPED)', '4 DEPROVISIONING (STOPPED)', '5 STOPPED (STOPPED)'])
  })

  it('is stopped a second time without effect', async () => {
    const { arn } = await given.run(runIn('a', 't'))
    await given.call('StopTask', { cluster: 'cell', task: arn, reason: 'first' })
    const told = given.told(arn).length
    expect(await given.call('StopTask', { cluster: 'cell', task: arn, reason: 'second' })).toMatchObject({
      task: { lastStatus: 'STOPPED', stoppedReason: 'first' },
    })
    expect(given.told(arn)).toHaveLength(told)
  })

  it('tells in its events what ECS tells, and no tags', async () => {
    const { arn } = await given.run(runIn('a', 't', { startedBy: 'ten_1/clu_1', group: 'g', tags: [{ key: 'k', value: 'v' }] }))
    const event = given.events.at(-1)
    expect(event).toMatchObject({
      source: 'aws.ecs',
      'detail-type': 'ECS Task State Change',
      resources: [arn],
      time: '2027-01-15T08:00:00Z',
    })
    expect(event?.detail).toMatchObject({
      attachments: [{ type: 'eni', status: 'ATTACHED' }],
      availabilityZone: 'a',
      capacityProviderName: 'small-a',
      startedBy: 'ten_1/clu_1',
      group: 'g',
      createdAt: '2027-01-15T08:00:00.000Z',
    })
    expect(event?.detail).not.toHaveProperty('tags')
    expect(event?.detail).not.toHaveProperty('healthStatus')
  })
})

describe('secrets', () => {
  const withSecret = shellTask('s', 'true', {
    containerDefinitions: [{ name: 'node', image: 'shell:1', secrets: [{ name: 'PASSWORD', valueFrom: '/cell/password' }] }],
  })

  it('are read when the container starts, and written down nowhere', async () => {
    await given.call('RegisterTaskDefinition', withSecret)
    await given.run(runIn('a', 's'))
    expect(given.driver.started[0]?.plan.environment).toMatchObject({ PASSWORD: 'secret of /cell/password' })
    expect(JSON.stringify([given.events, given.ecs.tasks()])).not.toContain('secret of')
  })

  it('that cannot be read keep the task from starting', async () => {
    const failing = await open({ readSecret: () => Promise.reject(new Error('ParameterNotFound')) })
    await failing.call('RegisterTaskDefinition', withSecret)
    const { arn } = await failing.run(runIn('a', 's'))
    expect(failing.task(arn)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' })
    expect(failing.task(arn).stoppedReason).toMatch(/^ResourceInitializationError: unable to pull secrets .*ParameterNotFound$/)
  })
})

describe('with delays as AWS has them', () => {
  const delays = { PROVISIONING: 14_000, ACTIVATING: 1000, DEPROVISIONING: 10_000 }

  it('a task takes its time in each state', async () => {
    const slow = await open({ delays })
    const { arn } = await slow.run(runIn('a', 't'))
    expect(slow.task(arn).lastStatus).toBe('PROVISIONING')
    await slow.timers.advance(14_000)
    expect(slow.task(arn).lastStatus).toBe('ACTIVATING')
    await slow.timers.advance(1000)
    expect(slow.task(arn).lastStatus).toBe('RUNNING')
  })

  it('a time may be drawn anew for each task', async () => {
    const drawn = [5000, 9000]
    const slow = await open({ delays: { PROVISIONING: () => drawn.shift() ?? 0 } })
    const [first, second] = [await slow.run(runIn('a', 't')), await slow.run(runIn('a', 't'))]
    await slow.timers.advance(5000)
    expect([first, second].map(({ arn }) => slow.task(arn).lastStatus)).toEqual(['RUNNING', 'PROVISIONING'])
    await slow.timers.advance(4000)
    expect(slow.task(second.arn).lastStatus).toBe('RUNNING')
  })

  it('a stop does not wait for what was to come, but its interface outlives the container', async () => {
    const slow = await open({ delays })
    const { arn } = await slow.run(runIn('a', 't'))
    await slow.timers.advance(14_500)
    await slow.call('StopTask', { cluster: 'cell', task: arn })
    expect(slow.task(arn)).toMatchObject({ lastStatus: 'DEPROVISIONING', container: { exitCode: 143 } })
    expect(slow.ecs.networkInterfaces()).toMatchObject([{ securityGroupId: 'sg-1', taskArn: arn }])
    await slow.timers.advance(10_000)
    expect(slow.task(arn).lastStatus).toBe('STOPPED')
    expect(slow.ecs.networkInterfaces()).toEqual([])
  })
})
