import { afterEach, describe, expect, it } from '@jest/globals'
import { type GivenEcs, givenEcs, hostGroup, runIn } from './given.ts'

const opened: GivenEcs[] = []
async function given(group: Parameters<typeof hostGroup>[1], more: Parameters<typeof givenEcs>[0] = {}): Promise<GivenEcs> {
  const ecs = await givenEcs({ hostGroups: [hostGroup('a', group)], ...more })
  opened.push(ecs)
  return ecs
}
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop()
})

/** A c7g.large registers 3768 MiB: one of these fills it. */
const large = runIn('a', 't', { overrides: { memory: '3000' } })
const statuses = ({ ecs }: GivenEcs): string[] => ecs.tasks().map((task) => task.lastStatus)

describe('a capacity provider', () => {
  it('keeps a task in PROVISIONING until a task that stops makes room', async () => {
    const ecs = await given({ max: 1 })
    const first = await ecs.run(large)
    await ecs.run(large)
    await ecs.timers.advance(60_000)
    expect(statuses(ecs)).toEqual(['RUNNING', 'PROVISIONING'])
    await ecs.call('StopTask', { cluster: 'cell', task: first.arn })
    expect(statuses(ecs)).toEqual(['STOPPED', 'RUNNING'])
  })

  it('gives room back only when the task is STOPPED, not when it is told to stop', async () => {
    const ecs = await given({ max: 1 }, { delays: { DEPROVISIONING: 5000 } })
    const first = await ecs.run(large)
    await ecs.call('StopTask', { cluster: 'cell', task: first.arn })
    await ecs.run(large)
    expect(statuses(ecs)).toEqual(['DEPROVISIONING', 'PROVISIONING'])
    await ecs.timers.advance(5000)
    expect(statuses(ecs)).toEqual(['STOPPED', 'RUNNING'])
  })

  it('launches as many hosts as the waiting tasks need, and no more than its group may have', async () => {
    const ecs = await given({ min: 0, max: 3 })
    for (let n = 0; n < 5; n += 1) await ecs.run(large)
    expect(ecs.ecs.hosts().map(({ host }) => host.status)).toEqual(['REGISTERING', 'REGISTERING', 'REGISTERING'])
    await ecs.timers.advance(300)
    expect(ecs.ecs.hosts().map(({ host }) => host.status)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE'])
    expect(statuses(ecs)).toEqual(['RUNNING', 'RUNNING', 'RUNNING', 'PROVISIONING', 'PROVISIONING'])
  })

  it('launches no second host for tasks that fit on the one that boots', async () => {
    const ecs = await given({ min: 0, max: 3 })
    for (let n = 0; n < 4; n += 1) await ecs.run(runIn('a', 't'))
    expect(ecs.ecs.hosts()).toHaveLength(1)
  })

  it('launches a host for a task that must not share one with its group', async () => {
    const ecs = await given({ max: 2 })
    const apart = runIn('a', 't', { placementConstraints: [{ type: 'distinctInstance' }], group: 'ring' })
    await ecs.run(apart)
    await ecs.run(apart)
    await ecs.timers.advance(300)
    expect(new Set(ecs.ecs.tasks().map((task) => task.hostArn)).size).toBe(2)
  })

  it('counts for distinctInstance what is meant to run: a successor may land beside a task that still stops', async () => {
    const ecs = await given({ max: 1 }, { delays: { DEPROVISIONING: 5000 } })
    const apart = runIn('a', 't', { placementConstraints: [{ type: 'distinctInstance' }], group: 'ring' })
    const first = await ecs.run(apart)
    await ecs.call('StopTask', { cluster: 'cell', task: first.arn })
    const second = await ecs.run(apart)
    expect(ecs.task(second.arn)).toMatchObject({ lastStatus: 'RUNNING', hostArn: ecs.task(first.arn).hostArn ?? '' })
  })

  it('gives a task up after 30 minutes, with the reason', async () => {
    const ecs = await given({ max: 1 })
    const { arn } = await ecs.run(runIn('a', 't', { overrides: { memory: '4000' } }))
    expect(ecs.ecs.hosts()).toHaveLength(1)
    await ecs.timers.advance(30 * 60_000 - 1)
    expect(ecs.task(arn).lastStatus).toBe('PROVISIONING')
    await ecs.timers.advance(1)
    expect(ecs.task(arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'TaskFailedToStart: RESOURCE:MEMORY',
    })
  })

  it('lets no more than 500 tasks wait', async () => {
    const ecs = await given({ min: 0, max: 0 })
    for (let n = 0; n < 50; n += 1) await ecs.call('RunTask', { ...large, count: 10 })
    expect(await ecs.call('RunTask', large)).toEqual({ __type: 'ClientException', message: 'Tasks provisioning capacity limit exceeded.' })
  })

  it('stops a waiting task without ado', async () => {
    const ecs = await given({ min: 0, max: 0 })
    const { arn } = await ecs.run(large)
    await ecs.call('StopTask', { cluster: 'cell', task: arn })
    expect(ecs.told(arn)).toEqual(['1 PROVISIONING (RUNNING)', '2 PROVISIONING (STOPPED)', '3 STOPPED (STOPPED)'])
  })
})
