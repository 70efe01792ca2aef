import { setImmediate as nextTick } from 'node:timers/promises'
import type { Invoke } from '../../../local/workflows/lambda-call.ts'
import { answering, given, machine, run, task, throwing } from './given.ts'

const map = (states: Record<string, object>, more: object = {}) => ({
  Type: 'Map',
  ItemProcessor: { ...machine(states), ProcessorConfig: { Mode: 'INLINE' } },
  ...more,
})
const echo = answering((payload) => payload)

describe('a Map', () => {
  it('runs an iteration for each item and gives their outputs in the items’ order', async () => {
    const waits: Record<string, number> = { a: 3, b: 1, c: 2 }
    const invoke: Invoke = async (_, payload) => {
      for (let round = 0; round < (waits[String(payload)] ?? 0); round += 1) await nextTick()
      return { payload: `${payload}!` }
    }
    expect(await run(machine({ M: map({ A: task({ End: true }) }, { End: true }) }), ['a', 'b', 'c'], { invoke })).toEqual([
      'a!',
      'b!',
      'c!',
    ])
  })

  it('gives each iteration what ItemSelector says, from the state’s input and the item', async () => {
    const ItemSelector = { 'shared.$': '$.shared', 'item.$': '$$.Map.Item.Value', 'index.$': '$$.Map.Item.Index' }
    const definition = machine({
      M: map({ A: task({ End: true }) }, { InputPath: '$.in', ItemsPath: '$.items', ItemSelector, ResultPath: '$.out', End: true }),
    })
    const input = { in: { shared: 's', items: [{ n: 1 }, { n: 2 }] } }
    expect(await run(definition, input, { invoke: echo })).toEqual({
      ...input,
      out: [
        { shared: 's', item: { n: 1 }, index: 0 },
        { shared: 's', item: { n: 2 }, index: 1 },
      ],
    })
  })

  it.each([
    [3, 3],
    [0, 40],
    [1000, 40],
  ])('with MaxConcurrency %i runs at most %i at once', async (MaxConcurrency, expected) => {
    let running = 0
    let most = 0
    const invoke: Invoke = async () => {
      running += 1
      most = Math.max(most, running)
      await nextTick()
      running -= 1
      return { payload: null }
    }
    await run(machine({ M: map({ A: task({ End: true }) }, { MaxConcurrency, End: true }) }), Array(100).fill(0), { invoke })
    expect(most).toBe(expected)
  })

  it('of nothing is an empty list', async () => {
    expect(await run(machine({ M: map({ A: task({ End: true }) }, { End: true }) }), [])).toEqual([])
  })

  it('of what is no list fails for good', async () => {
    expect(await run(machine({ M: map({ A: task({ End: true }) }, { End: true }) }), { a: 1 })).toMatchObject({ error: 'States.Runtime' })
  })

  it('can stand in a Map', async () => {
    const inner = map({ A: task({ End: true }) }, { End: true })
    expect(await run(machine({ M: map({ N: inner }, { End: true }) }), [[1, 2], [3]], { invoke: echo })).toEqual([[1, 2], [3]])
  })
})

describe('a failing iteration', () => {
  const failing: Invoke = async (_, payload) => (payload === 'bad' ? throwing('Boom') : { payload })

  it('stops its siblings, and its error is the Map’s', async () => {
    const calls: unknown[] = []
    const invoke: Invoke = (name, payload) => {
      calls.push(payload)
      return failing(name, payload)
    }
    const states = {
      W: { Type: 'Choice', Choices: [{ Variable: '$', StringEquals: 'bad', Next: 'A' }], Default: 'S' },
      S: { Type: 'Wait', Seconds: 9, Next: 'A' },
      A: task({ End: true }),
    }
    const it = given(machine({ M: map(states, { End: true }) }), { invoke })
    await it.start(['good', 'bad', 'good'])
    expect(await it.settled()).toMatchObject({ status: 'FAILED', error: 'Boom' })
    expect(calls).toEqual(['bad'])
    expect(it.timers.waiting()).toBe(0)
  })

  it('stops siblings that never wait', async () => {
    const calls: unknown[] = []
    const invoke: Invoke = (name, payload) => {
      calls.push(payload)
      return failing(name, payload)
    }
    const passes = Array.from({ length: 200 }, (_, index): [string, object] => [
      `P${index}`,
      { Type: 'Pass', Next: index < 199 ? `P${index + 1}` : 'A' },
    ])
    const C = { Type: 'Choice', Choices: [{ Variable: '$', StringEquals: 'bad', Next: 'A' }], Default: 'P0' }
    const definition = machine({ M: map({ C, ...Object.fromEntries(passes), A: task({ End: true }) }, { End: true }) })
    expect(await run(definition, ['good', 'bad', 'good'], { invoke })).toMatchObject({ error: 'Boom' })
    expect(calls).toEqual(['bad'])
  })

  it('that is caught inside leaves its siblings alone', async () => {
    const states = {
      A: task({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$', Next: 'R' }], End: true }),
      R: { Type: 'Pass', Result: 'recorded', End: true },
    }
    const definition = machine({ M: map(states, { End: true }) })
    expect(await run(definition, ['good', 'bad', 'good'], { invoke: failing })).toEqual(['good', 'recorded', 'good'])
  })

  it('is caught by the Map itself, with the Map’s input', async () => {
    const Catch = [{ ErrorEquals: ['Boom'], ResultPath: '$.failure', Next: 'R' }]
    const definition = machine({
      M: map({ A: task({ End: true }) }, { ItemsPath: '$.items', Catch, End: true }),
      R: { Type: 'Pass', OutputPath: '$.failure.Error', End: true },
    })
    expect(await run(definition, { items: ['bad'] }, { invoke: failing })).toBe('Boom')
  })

  it('makes a retried Map do all its iterations again', async () => {
    const calls: unknown[] = []
    const invoke: Invoke = async (_, payload) => {
      calls.push(payload)
      return payload === 'bad' && calls.length < 3 ? throwing('Boom') : { payload }
    }
    const Retry = [{ ErrorEquals: ['Boom'] }]
    const definition = machine({ M: map({ A: task({ End: true }) }, { Retry, End: true }) })
    expect(await run(definition, ['good', 'bad'], { invoke })).toEqual(['good', 'bad'])
    expect(calls).toEqual(['good', 'bad', 'good', 'bad'])
  })
})
