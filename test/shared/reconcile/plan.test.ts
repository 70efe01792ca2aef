import fc from 'fast-check'
import { isoTime } from '../../../shared/platform/clock.ts'
import { plan } from '../../../shared/reconcile/plan.ts'
import { conditionsOf } from '../../../shared/reconcile/status.ts'
import { START } from '../../support/cluster.ts'
import { follow, members, quiet } from '../../support/follow-plan.ts'
import { type ModelWorld, modelWorld } from '../../support/model-world.ts'

const mishaps = fc.array(
  fc.record({
    failStep: fc.option(fc.constantFrom(0, 0.5), { nil: undefined, freq: 3 }),
    kill: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined, freq: 3 }),
    deletes: fc.constant(false),
    stray: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  }),
  { maxLength: 12 },
)

test('an undisturbed create prepares, launches all at once, waits, forms and settles', () => {
  const waves: string[] = []
  const end = follow(
    modelWorld(members(6)),
    [],
    (p) => void (p.decision === 'act' && waves.push(p.steps.map((s) => `${s.name}:${s.ordinals.length}`).join('+'))),
  )
  expect(waves).toEqual(['CreateCredentials:0+OpenNetwork:0+DefineTask:0', 'LaunchNodes:6', 'AwaitNodes:6', 'FormRing:0+PublishNames:0'])
  expect(end).toMatchObject({ decision: 'settle', outcome: 'ready' })
})

test('whatever fails, dies or strays in the first turns, it ends ready with exactly its own nodes, or failed with nothing left', () => {
  fc.assert(
    fc.property(mishaps, (script) => {
      const world = modelWorld(members(6))
      const end = follow(world, script)
      if (end.decision !== 'settle') throw new Error('did not settle')
      const alive = world.alive().length
      expect(end.outcome === 'ready' ? alive : end.outcome === 'failed' && alive + 6).toBe(6)
      if (end.outcome === 'failed') expect(world.records.size).toBe(0)
    }),
    { numRuns: 500 },
  )
})

test('a delete at any moment of a create, with anything going wrong, ends deleted with nothing left', () => {
  fc.assert(
    fc.property(mishaps, fc.nat(8), (script, when) => {
      const world = modelWorld(members(6))
      const withDelete = Array.from({ length: Math.max(script.length, when + 1) }, (_, i) => ({
        ...(script[i] ?? quiet),
        deletes: i === when,
      }))
      const first = follow(world, withDelete)
      if (world.cluster.intent === 'present') world.mishap({ ...quiet, deletes: true })
      const end = first.decision === 'settle' && first.outcome === 'deleted' ? first : follow(world, [])
      expect(end).toMatchObject({ decision: 'settle', outcome: 'deleted' })
      expect([world.alive().length, world.records.size]).toEqual([0, 0])
      expect(world.cluster.resources).toMatchObject({
        names_removed: true,
        definition_removed: true,
        network_removed: true,
        credentials_removed: true,
      })
    }),
    { numRuns: 500 },
  )
})

test('nothing is launched before credentials, network and definition are there', () => {
  fc.assert(
    fc.property(mishaps, (script) => {
      follow(modelWorld(members(6)), script, (next, world) => {
        if (next.decision !== 'act' || !next.steps.some((step) => step.name === 'LaunchNodes')) return
        expect(Object.keys(world.cluster.resources)).toEqual(
          expect.arrayContaining(['credentials_parameter', 'security_group_id', 'task_definition_arn']),
        )
      })
    }),
  )
})

test('a deadline that passes gives up with a sentence that names what was waited for', () => {
  const world = modelWorld(members(6), 1_000)
  const first = plan(world.observe(), world.now())
  if (first.decision !== 'act') throw new Error('did not act')
  world.wave(first.steps, undefined)
  world.pass(2_000)
  expect(plan(world.observe(), world.now())).toEqual({
    decision: 'give-up',
    failure: { code: 'deadline_exceeded', message: 'The cluster was not ready after 1 s: it was waiting for its nodes to be launched' },
  })
})

test('a node that never stays up gives up with its own last words', () => {
  const world = modelWorld(members(3))
  const dying = Array.from({ length: 79 }, () => ({ ...quiet, kill: 1 }))
  const end = follow(world, dying)
  expect(end).toMatchObject({ outcome: 'failed' })
  expect(world.cluster.failure?.message).toBe('Node 1 stopped 5 times, the last time with: mishap')
})

test('nodes that do not start for long are waited for without the lease', () => {
  const world = modelWorld(members(3))
  for (let i = 0; i < 2; i += 1) {
    const next = plan(world.observe(), world.now())
    if (next.decision === 'act') world.wave(next.steps, undefined)
  }
  world.pass(46_000)
  expect(plan(world.observe(), world.now())).toMatchObject({
    decision: 'settle',
    outcome: 'parked',
    waiting: { reason: 'WaitingForCapacity' },
  })
})

test('a step that failed a moment ago is held back, its siblings are not', () => {
  const world = modelWorld(members(3))
  const first = plan(world.observe(), world.now())
  if (first.decision !== 'act') throw new Error('did not act')
  world.wave(first.steps.slice(0, 1), 0)
  const second = plan(world.observe(), world.now())
  expect(second).toMatchObject({ decision: 'act', steps: [{ name: 'OpenNetwork' }, { name: 'DefineTask' }] })
  if (second.decision === 'act') world.wave(second.steps, undefined)
  expect(plan(world.observe(), world.now())).toMatchObject({ decision: 'pause', seconds: 1, waiting: { reason: 'BackingOff' } })
})

/** A create whose nodes have been launched. */
function launched(deadlineMs?: number): ModelWorld {
  const world = modelWorld(members(3), deadlineMs)
  for (let i = 0; i < 2; i += 1) {
    const next = plan(world.observe(), world.now())
    if (next.decision === 'act') world.wave(next.steps, undefined)
  }
  return world
}

test('who waits without the lease is looked at again when its deadline comes, not later', () => {
  const world = launched(60_000)
  world.pass(46_000)
  expect(plan(world.observe(), world.now())).toMatchObject({ decision: 'settle', outcome: 'parked', dueAt: isoTime(START + 60_000) })
})

test('a ring that is ready is looked at again some day, should every hint of a dead node be lost', () => {
  const world = modelWorld(members(3))
  const end = follow(world, [])
  expect(end).toEqual({ decision: 'settle', outcome: 'ready', dueAt: isoTime(world.now() + 3_600_000) })
})

test('a node that has died again is waited for in one pause, not in steps of a second', () => {
  const world = launched()
  for (let death = 1; death <= 4; death += 1) {
    world.mishap({ ...quiet, kill: 1 })
    let next = plan(world.observe(), world.now())
    expect(next).toMatchObject({ decision: 'pause', seconds: 2 ** (death - 1), waiting: { reason: 'BackingOff' } })
    world.pass(1000 * 2 ** (death - 1))
    next = plan(world.observe(), world.now())
    if (next.decision !== 'act') throw new Error('did not act')
    world.wave(next.steps, undefined)
  }
})

test('a step that goes on failing is tried less and less, and waited for without the lease', () => {
  const world = modelWorld(members(3), 86_400_000)
  const pauses: number[] = []
  for (let failures = 1; failures <= 12; failures += 1) {
    world.cluster.failures = { CreateCredentials: { code: 'X', message: 'mishap', count: failures, at: isoTime(world.now()) } }
    world.cluster.resources = { security_group_id: 'sg', task_definition_arn: 'td' }
    const next = plan(world.observe(), world.now())
    if (next.decision === 'pause') pauses.push(next.seconds)
    if (next.decision === 'settle') pauses.push((Date.parse(next.dueAt ?? '') - world.now()) / 1000)
    expect(next.decision).toBe(failures <= 5 ? 'pause' : 'settle')
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
})

test('what goes nowhere for long is tried a few times at every wake, and does not hold the lease for ever', () => {
  const world = launched()
  follow(world, [])
  Object.assign(world.cluster, { intent: 'absent', conditions: [] })
  Object.assign(world.operation, { state: 'failed' })
  const stopping = plan(world.observe(), world.now(), 49)
  expect(stopping).toMatchObject({ decision: 'act', waiting: { reason: 'StoppingNodes' } })
  world.cluster.conditions = conditionsOf(world.cluster, stopping, isoTime(world.now()))
  world.pass(599_000)
  expect(plan(world.observe(), world.now(), 49)).toMatchObject({ decision: 'act' })
  world.pass(2_000)
  expect(plan(world.observe(), world.now(), 0)).toMatchObject({ decision: 'act' })
  expect(plan(world.observe(), world.now(), 5)).toMatchObject({
    decision: 'settle',
    outcome: 'parked',
    dueAt: isoTime(world.now() + 60_000),
    waiting: { reason: 'StoppingNodes' },
  })
})

test('a node that keeps dying is waited for without the lease when that takes long', () => {
  const world = launched()
  follow(world, [])
  world.cluster.ready_at = isoTime(world.now())
  const record = world.records.get(1)
  if (!record) throw new Error('no record')
  world.records.set(1, { ...record, attempt: 9, updated_at: isoTime(world.now()) })
  world.mishap({ ...quiet, kill: 1 })
  expect(plan(world.observe(), world.now())).toMatchObject({
    decision: 'settle',
    outcome: 'parked',
    dueAt: isoTime(world.now() + 60_000),
    waiting: { reason: 'BackingOff' },
  })
})

test('a node that could not have its secrets or its image is tried until the deadline, not five times', () => {
  const world = launched()
  const record = world.records.get(1)
  if (!record) throw new Error('no record')
  world.records.set(1, { ...record, attempt: 9 })
  const dead = (stoppedReason: string) => {
    const seen = world.observe()
    const nodes = seen.nodes.map((node) =>
      node.member.ordinal === 1 ? { ...node, task: { arn: record.task_arn ?? '', phase: 'stopped' as const, stoppedReason } } : node,
    )
    return plan({ ...seen, nodes }, world.now()).decision
  }
  expect(dead('Essential container in task exited')).toBe('give-up')
  expect(dead('ResourceInitializationError: unable to pull secrets or registry auth')).not.toBe('give-up')
  expect(dead('CannotPullContainerError: too many requests')).not.toBe('give-up')
})

test('a ring that has lost data waits for it where disks may hold it, and begins anew where nothing was kept', () => {
  const world = launched()
  follow(world, [])
  const lost = { formed: false, steps: [{ step: 'ReplaceNode' as const, ordinals: [1] }], lost: [1], waitingFor: 'node 1' }
  const seen = { ...world.observe(), ring: lost }
  expect(plan(seen, world.now())).toMatchObject({ decision: 'settle', outcome: 'parked', waiting: { reason: 'DataLost' } })
  const cache = { ...seen, cluster: { ...seen.cluster, spec: { ...seen.cluster.spec, durability: 'cache' as const } } }
  expect(plan(cache, world.now())).toMatchObject({
    decision: 'act',
    steps: [{ name: 'ReplaceNode', ordinals: [1] }],
    waiting: { reason: 'DataLost', message: expect.stringContaining('shards 1') },
  })
})

test('a step that AWS throttles is tried again soon, and not at the same moment as that of every other cluster', () => {
  const waits = Array.from({ length: 20 }, (_, i) => {
    const world = modelWorld(members(3))
    const failure = { code: 'ThrottlingException', message: 'Rate exceeded', count: 9, at: isoTime(world.now()) }
    Object.assign(world.cluster, { id: `clu_${i * 104_729}`, failures: { DefineTask: failure } })
    world.cluster.resources = { security_group_id: 'sg', credentials_parameter: '/p' }
    const next = plan(world.observe(), world.now())
    return next.decision === 'pause' ? next.seconds : 0
  })
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(15)
  expect(Math.max(...waits)).toBeLessThanOrEqual(25)
  expect(new Set(waits).size).toBeGreaterThan(5)
})
