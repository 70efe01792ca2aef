import { isoTime } from '../../../shared/platform/clock.ts'
import type { ObservedNode } from '../../../shared/reconcile/observed.ts'
import { plan } from '../../../shared/reconcile/plan.ts'
import { follow, members, quiet } from '../../support/follow-plan.ts'
import { type ModelWorld, modelWorld } from '../../support/model-world.ts'

describe('replicas of a ring that served take over beside what is launched for the dead', () => {
  function damaged() {
    const world = modelWorld(members(6))
    follow(world, [])
    world.cluster.ready_at = isoTime(world.now())
    world.mishap({ ...quiet, kill: 1 })
    world.pass(60_000)
    return world
  }
  const stepsOf = (world: ModelWorld, seen = world.observe()): string[] => {
    const next = plan(seen, world.now())
    return next.decision === 'act' ? next.steps.map(({ name }) => name) : []
  }

  it('once, and not again while the launch itself fails and is waited with', () => {
    const world = damaged()
    expect(stepsOf(world)).toEqual(['LaunchNodes', 'TakeOver'])
    world.cluster.failures.LaunchNodes = { code: 'NotPlaced', message: 'full', count: 1, at: isoTime(world.now()) }
    expect(stepsOf(world)).toEqual([])
  })

  it('not where somebody who is not seen may live', () => {
    const world = damaged()
    const seen = world.observe()
    const nodes = seen.nodes.map((node): ObservedNode => {
      const { member, record } = node
      return record && member.ordinal === 2 ? { member, record: { ...record, updated_at: isoTime(world.now()) }, task: 'unknown' } : node
    })
    expect(stepsOf(world, { ...seen, nodes })).toEqual(['LaunchNodes'])
  })

  it('not in a ring that never served', () => {
    const world = damaged()
    delete world.cluster.ready_at
    expect(stepsOf(world)).toEqual(['LaunchNodes'])
  })
})

test('the address that a dead node has left is withdrawn from the name before its successor runs', () => {
  const world = modelWorld(members(6))
  follow(world, [])
  const left = world.records.get(3)?.address ?? ''
  world.mishap({ ...quiet, kill: 3 })
  const waves: string[] = []
  follow(world, [], (next) => {
    if (next.decision === 'act') waves.push(next.steps.map(({ name }) => name).join('+'))
    if (waves.at(-1) === 'LaunchNodes') return
    if (waves.at(-1)?.startsWith('AwaitNodes')) expect(world.cluster.resources.published_addresses).toContain(left)
    else expect(world.cluster.resources.published_addresses).not.toContain(left)
  })
  expect(waves).toEqual(['LaunchNodes', 'AwaitNodes+PublishNames', 'FormRing'])
})
