import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type GivenEcs, givenEcs, runIn } from './given.ts'

let given: GivenEcs
beforeEach(async () => {
  given = await givenEcs()
})
afterEach(() => given.stop())

const list = (input: object) => given.call('ListTasks', { cluster: 'cell', ...input })

describe('ListTasks', () => {
  it('knows who started a task, page by page, and only those that are meant to run', async () => {
    const arns: string[] = []
    for (let n = 0; n < 3; n += 1) arns.push((await given.run(runIn('a', 't', { startedBy: 'ten_1/clu_1' }))).arn)
    await given.run(runIn('a', 't', { startedBy: 'ten_1/clu_2' }))
    await given.call('StopTask', { cluster: 'cell', task: arns[1] })
    const left = arns.filter((_, index) => index !== 1)
    const first = await list({ startedBy: 'ten_1/clu_1', maxResults: 1 })
    const second = await list({ startedBy: 'ten_1/clu_1', maxResults: 1, nextToken: first.nextToken })
    expect([first.taskArns, second.taskArns].flat().sort()).toEqual(left.sort())
    expect(second).not.toHaveProperty('nextToken')
    expect(await list({ desiredStatus: 'STOPPED' })).toEqual({ taskArns: [arns[1]] })
  })

  it('takes startedBy as the only filter', async () => {
    expect(await list({ startedBy: 'x', family: 't' })).toMatchObject({ __type: 'InvalidParameterException' })
  })
})

describe('DescribeTasks', () => {
  it('shows tags only when asked, knows tasks by their id too, and says which are missing', async () => {
    const { arn, id } = await given.run(runIn('a', 't', { tags: [{ key: 'k', value: 'v' }] }))
    await given.call('TagResource', { resourceArn: arn, tags: [{ key: 'l', value: 'w' }] })
    expect(await given.call('DescribeTasks', { cluster: 'cell', tasks: [id, 'x'] })).toMatchObject({
      tasks: [{ taskArn: arn, tags: [], attachments: [{ type: 'ElasticNetworkInterface' }], createdAt: 1_800_000_000 }],
      failures: [{ arn: 'arn:aws:ecs:us-east-1:111122223333:task/cell/x', reason: 'MISSING' }],
    })
    expect(await given.call('DescribeTasks', { cluster: 'cell', tasks: [arn], include: ['TAGS'] })).toMatchObject({
      tasks: [
        {
          tags: [
            { key: 'k', value: 'v' },
            { key: 'l', value: 'w' },
          ],
        },
      ],
    })
  })

  it('takes at most a hundred tasks', async () => {
    const tasks = Array.from({ length: 101 }, (_, n) => `task-${n}`)
    expect(await given.call('DescribeTasks', { cluster: 'cell', tasks })).toMatchObject({ __type: 'InvalidParameterException' })
  })
})

describe('clusters and capacity providers', () => {
  it('are described with what runs on them', async () => {
    await given.run(runIn('a', 't'))
    expect(await given.call('DescribeClusters', { clusters: ['cell', 'x'] })).toMatchObject({
      clusters: [
        { clusterName: 'cell', registeredContainerInstancesCount: 2, runningTasksCount: 1, capacityProviders: ['small-a', 'small-b'] },
      ],
      failures: [{ arn: 'x', reason: 'MISSING' }],
    })
    expect(await given.call('DescribeCapacityProviders', { capacityProviders: ['small-a', 'x'] })).toMatchObject({
      capacityProviders: [{ name: 'small-a', autoScalingGroupProvider: { managedScaling: { status: 'ENABLED' } } }],
      failures: [{ arn: 'x', reason: 'MISSING' }],
    })
  })
})

describe('a call that has no model', () => {
  it('fails with its name', async () => {
    expect(await given.call('CreateService', {})).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('CreateService'),
    })
  })
})
