import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createFaults } from '../../../local/faults/faults.ts'
import { movableTimers } from '../../../local/faults/movable-timers.ts'
import { performers } from '../../../local/faults/perform.ts'
import { type GivenEcs, givenEcs, hostGroup, runIn } from '../ecs/given.ts'

let given: GivenEcs
let perform: ReturnType<typeof performers>
let faults: ReturnType<typeof createFaults>
beforeEach(async () => {
  const hostGroups = [hostGroup('a'), hostGroup('b')]
  given = await givenEcs({ hostGroups })
  faults = createFaults(given.timers)
  perform = performers({
    ...{ ecs: given.ecs, faults, operations: ['ecs:RunTask'], timers: movableTimers(given.timers) },
    template: { functions: [], hostGroups },
    lambda: { kill: () => 0 },
    dynamo: { expire: async () => 0 },
  })
})
afterEach(() => given.stop())

const hosts = (): string[] => given.ecs.hosts().map(({ host }) => host.az)
const active = (): unknown[] => faults.active.list().map(({ kind, what }) => ({ kind, ...what }))

describe('what is done to hosts and tasks', () => {
  it('kills a task that is named by the beginning of its id, and says which there are for one that is not there', async () => {
    const { arn, id } = await given.run(runIn('a', 't'))
    expect(perform['kill-task']({ task: id.slice(0, 6) })).toEqual({ task: id, signal: 'SIGKILL' })
    expect(given.driver.signals).toContainEqual(expect.stringContaining('SIGKILL'))
    expect(given.task(arn).id).toBe(id)
    expect(() => perform['kill-task']({ task: 'nothing' })).toThrow('there is no task nothing')
  })

  it('loses an AZ once, and brings it back by its name or by taking the fault away', async () => {
    await perform['lose-az']({ az: 'a' })
    await perform['lose-az']({ az: 'a' })
    await given.timers.advance(500)
    expect([hosts(), active()]).toEqual([['b'], [{ kind: 'az', az: 'a' }]])
    await perform['restore-az']({ az: 'a' })
    await given.timers.advance(500)
    expect([hosts().sort(), active()]).toEqual([['a', 'b'], []])
    await perform['lose-az']({ az: 'b' })
    await faults.active.clear()
    await given.timers.advance(500)
    expect(hosts().sort()).toEqual(['a', 'b'])
    await expect(perform['restore-az']({ az: 'b' })).rejects.toThrow('b is not disturbed so')
  })

  it('drains a host and lets it take tasks again', async () => {
    const host = given.ecs.hosts()[0]?.host.id ?? ''
    const statuses = () => given.ecs.hosts().map((state) => state.host.status)
    expect(await perform['drain-host']({ host })).toEqual({ host, status: 'DRAINING' })
    expect(statuses()).toEqual(['DRAINING', 'ACTIVE'])
    await perform['activate-host']({ host })
    expect(statuses()).toEqual(['ACTIVE', 'ACTIVE'])
  })

  it('silences an agent and lets it speak again, also when its host has died meanwhile', async () => {
    const [first] = given.ecs.hosts()
    const host = first?.host.id ?? ''
    await perform['disconnect-agent']({ host })
    expect([given.ecs.hosts()[0]?.host.agentConnected, active()]).toEqual([false, [{ kind: 'agent', host }]])
    await perform['reconnect-agent']({ host })
    expect([given.ecs.hosts()[0]?.host.agentConnected, active()]).toEqual([true, []])
    await perform['disconnect-agent']({ host })
    await perform['kill-host']({ host })
    expect(await faults.active.clear()).toBe(1)
  })
})
