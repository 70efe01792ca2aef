import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type GivenEcs, givenEcs, runIn } from './given.ts'

let given: GivenEcs
beforeEach(async () => {
  given = await givenEcs()
})
afterEach(() => given.stop())

const HOUR = 3_600_000
const request = runIn('a', 't', { clientToken: 'node-1.1', group: 'g' })

describe('a client token', () => {
  it('starts one task, however often and in whatever order of members it is sent', async () => {
    const first = await given.run(request)
    const again = await given.call('RunTask', Object.fromEntries(Object.entries(request).reverse()))
    expect(again).toMatchObject({ tasks: [{ taskArn: first.arn, lastStatus: 'RUNNING' }], failures: [] })
    expect(given.ecs.tasks()).toHaveLength(1)
  })

  it('is refused with other parameters', async () => {
    await given.run(request)
    expect(await given.call('RunTask', { ...request, group: 'other' })).toMatchObject({ __type: 'ConflictException' })
  })

  it('answers with the dead task after its death, and is forgotten with it an hour later', async () => {
    const { arn } = await given.run(request)
    given.driver.end(arn, 1)
    await given.timers.advance(HOUR - 1)
    expect(await given.call('RunTask', request)).toMatchObject({ tasks: [{ taskArn: arn, lastStatus: 'STOPPED' }] })
    await given.timers.advance(1)
    const successor = await given.run(request)
    expect(successor.arn).not.toBe(arn)
    expect(await given.call('DescribeTasks', { cluster: 'cell', tasks: [arn] })).toEqual({
      tasks: [],
      failures: [{ arn, reason: 'MISSING' }],
    })
  })

  it('lives no longer than a day, even if its task does', async () => {
    await given.run(request)
    await given.timers.advance(24 * HOUR)
    await given.run(request)
    expect(given.ecs.tasks()).toHaveLength(2)
  })

  it('stands for all tasks of its request', async () => {
    await given.call('RunTask', { ...request, count: 3 })
    expect(await given.call('RunTask', { ...request, count: 3 })).toMatchObject({ tasks: [{}, {}, {}] })
    expect(given.ecs.tasks()).toHaveLength(3)
  })

  it('outlives the model', async () => {
    const { arn } = await given.run(request)
    await given.ecs.stop('keep')
    given = await givenEcs({ dataDir: given.dataDir })
    expect(await given.call('RunTask', request)).toMatchObject({ tasks: [{ taskArn: arn }] })
  })
})
