import { HISTORY_LIMIT } from '../../../local/workflows/tally.ts'
import { answering, given, machine, quiet, run, task } from './given.ts'

const START = Date.UTC(2026, 0, 1)

async function waited(wait: object, input: unknown): Promise<number> {
  const it = given(machine({ W: { Type: 'Wait', ...wait, End: true } }))
  await it.start(input)
  await it.settled()
  return it.timers.now() - START
}

describe('a Wait', () => {
  it.each([
    [{ Seconds: 7 }, {}, 7000],
    [{ SecondsPath: '$.s' }, { s: 30 }, 30_000],
    [{ SecondsPath: '$.s' }, { s: 0 }, 0],
    [{ Timestamp: '2026-01-01T01:00:00+00:30' }, {}, 1_800_000],
    [{ TimestampPath: '$.t' }, { t: '2026-01-01T00:00:01.500Z' }, 1500],
    [{ TimestampPath: '$.t' }, { t: '2020-01-01T00:00:00Z' }, 0],
    // Longer than one timer of Node's can be.
    [{ Seconds: 60 * 86_400 }, {}, 60 * 86_400_000],
  ])('of %j with %j takes %i ms', async (wait, input, expected) => {
    expect(await waited(wait, input)).toBe(expected)
  })

  it.each([[-1], [1.5], ['5'], [null]])('of %j seconds fails for good', async (s) => {
    expect(await run(machine({ W: { Type: 'Wait', SecondsPath: '$.s', End: true } }), { s })).toMatchObject({ error: 'States.Runtime' })
  })
})

describe('a Pass', () => {
  it.each([
    [{}, { a: 1 }, { a: 1 }],
    [{ Result: { b: 2 }, ResultPath: '$.r' }, { a: 1 }, { a: 1, r: { b: 2 } }],
    [{ Parameters: { 'b.$': '$.a' } }, { a: 1 }, { b: 1 }],
    [{ InputPath: '$.a', OutputPath: null }, { a: 1 }, {}],
    [{ InputPath: null }, { a: 1 }, {}],
  ])('%j of %j gives %j', async (pass, input, expected) => {
    expect(await run(machine({ P: { Type: 'Pass', ...pass, End: true } }), input)).toEqual(expected)
  })

  it('fails when the result has no place in the input', async () => {
    const definition = machine({ P: { Type: 'Pass', Result: 1, ResultPath: '$.a.b', End: true } })
    expect(await run(definition, { a: 'text' })).toMatchObject({ error: 'States.ResultPathMatchFailure' })
  })
})

describe('an end', () => {
  it('of Succeed gives its input', async () => {
    expect(await run(machine({ S: { Type: 'Succeed', InputPath: '$.a' } }), { a: { b: 1 } })).toEqual({ b: 1 })
  })

  it('of Fail gives its error and cause', async () => {
    expect(await run(machine({ F: { Type: 'Fail', Error: 'Bad', Cause: 'because' } }), {})).toEqual({
      status: 'FAILED',
      error: 'Bad',
      cause: 'because',
    })
  })

  it('of a Choice without a match or a default is an error', async () => {
    const definition = machine({
      C: { Type: 'Choice', Choices: [{ Variable: '$.a', StringEquals: 'x', Next: 'S' }] },
      S: { Type: 'Succeed' },
    })
    expect(await run(definition, { a: 'y' })).toMatchObject({ error: 'States.NoChoiceMatched' })
  })

  it('comes when the machine’s time is over, and nothing is left waiting', async () => {
    const it = given(machine({ W: { Type: 'Wait', Seconds: 100, End: true } }, { TimeoutSeconds: 10 }))
    await it.start({})
    expect(await it.settled()).toMatchObject({ status: 'TIMED_OUT', stoppedAt: START + 10_000 })
    await quiet()
    expect(it.timers.waiting()).toBe(0)
  })

  it('comes when the history is full', async () => {
    const definition = machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } })
    const it = given(definition)
    await it.start({})
    expect(await it.settled()).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: `The execution reached the maximum number of history events (${HISTORY_LIMIT}).`,
      events: HISTORY_LIMIT,
    })
  })
})

it('events and transitions are counted as Step Functions counts them', async () => {
  const inner = { A: task({ End: true }) }
  const definition = machine({
    T: task({ Next: 'C' }),
    C: { Type: 'Choice', Choices: [{ Variable: '$[0]', IsPresent: true, Next: 'M' }], Default: 'S' },
    M: { Type: 'Map', ItemProcessor: machine(inner), Next: 'W' },
    W: { Type: 'Wait', Seconds: 1, Next: 'S' },
    S: { Type: 'Succeed' },
  })
  const it = given(definition, { invoke: answering((payload) => payload) })
  await it.start([1, 2])
  // Execution 2, T 5, C 2, M 4 with 2 x (2 + 5), W 2, S 2.
  expect(await it.settled()).toMatchObject({ events: 31, transitions: 7 })
})
