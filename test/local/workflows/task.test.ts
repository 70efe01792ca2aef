import { AwsError } from '../../../local/aws/service.ts'
import type { Invoke } from '../../../local/workflows/lambda-call.ts'
import { answering, given, machine, run, task, throwing } from './given.ts'

const TOO_MUCH = 'x'.repeat(262_144)

describe('a Task', () => {
  it('gives the function its Payload and takes ExecutedVersion, Payload and StatusCode back', async () => {
    const calls: unknown[] = []
    const invoke = answering((payload, functionName) => {
      calls.push([functionName, payload])
      return { seen: true }
    })
    const definition = machine({
      A: task({ Parameters: { FunctionName: 'worker', Payload: { fixed: 1, 'id.$': '$.id' } }, OutputPath: '$', End: true }),
    })
    expect(await run(definition, { id: 7 }, { invoke })).toEqual({ ExecutedVersion: '$LATEST', Payload: { seen: true }, StatusCode: 200 })
    expect(calls).toEqual([['worker', { fixed: 1, id: 7 }]])
  })

  it('goes through InputPath, ResultSelector, ResultPath and OutputPath in that order', async () => {
    const state = task({
      InputPath: '$.in',
      ResultSelector: { 'answer.$': '$.Payload.doubled', 'index.$': '$$.State.Name' },
      ResultPath: '$.out.result',
      OutputPath: '$.out',
      End: true,
    })
    const invoke: Invoke = async (_, payload) => ({ payload: { doubled: [payload, payload] } })
    expect(await run(machine({ A: state }), { in: 3, out: { kept: true } }, { invoke })).toEqual({
      kept: true,
      result: { answer: [3, 3], index: 'A' },
    })
  })

  it('can drop its result, and an answer of nothing is null', async () => {
    const nothing: Invoke = async () => ({ payload: undefined })
    expect(await run(machine({ A: task({ ResultPath: null, OutputPath: '$', End: true }) }), { a: 1 }, { invoke: nothing })).toEqual({
      a: 1,
    })
    expect(await run(machine({ A: task({ End: true }) }), {}, { invoke: nothing })).toBeNull()
  })

  it('sees the context of its execution', async () => {
    const Payload = {
      'id.$': '$$.Execution.Id',
      'name.$': '$$.Execution.Name',
      'input.$': '$$.Execution.Input',
      'since.$': '$$.Execution.StartTime',
      'entered.$': '$$.State.EnteredTime',
      'machine.$': '$$.StateMachine.Name',
    }
    const definition = machine({
      W: { Type: 'Wait', Seconds: 2, Next: 'A' },
      A: task({ Parameters: { FunctionName: 'worker', Payload }, End: true }),
    })
    expect(await run(definition, { a: 1 }, { invoke: answering((payload) => payload) })).toEqual({
      id: 'arn:aws:states:eu-west-1:111122223333:execution:machine:one',
      name: 'one',
      input: { a: 1 },
      since: '2026-01-01T00:00:00.000Z',
      entered: '2026-01-01T00:00:02.000Z',
      machine: 'machine',
    })
  })

  it('fails for good when a path names nothing, whatever is caught', async () => {
    const state = task({
      Parameters: { FunctionName: 'worker', Payload: { 'id.$': '$.missing' } },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
      End: true,
    })
    expect(await run(machine({ A: state, B: { Type: 'Succeed' } }), {})).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining("The JSONPath '$.missing' specified for the field 'id.$' could not be found in the input '{}'"),
    })
  })

  it.each([
    [
      'what it is given',
      machine({ A: { Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' }, End: true } }),
      { text: 'x'.repeat(200_000) },
    ],
    ['what the function answers', machine({ A: task({ ResultPath: null, OutputPath: '$', End: true }) }), {}],
  ])('fails when %s is larger than 256 KiB', async (_, definition, input) => {
    expect(await run(definition, input, { invoke: answering(() => TOO_MUCH) })).toMatchObject({ error: 'States.DataLimitExceeded' })
  })
})

describe('the error of a Task', () => {
  const caught = task({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'B' }], End: true })
  const definition = machine({ A: caught, B: { Type: 'Succeed' } })

  it('is the name that the function threw, with its report as the cause, put into the input past OutputPath', async () => {
    const { payload, functionError } = throwing('Boom')
    expect(await run(definition, { a: 1 }, { invoke: async () => ({ payload, functionError }) })).toEqual({
      a: 1,
      failure: { Error: 'Boom', Cause: JSON.stringify(payload) },
    })
  })

  const refusals: [string, Invoke, string][] = [
    [
      'a function that is not there',
      () => Promise.reject(new AwsError('ResourceNotFoundException', 'no', 404)),
      'Lambda.ResourceNotFoundException',
    ],
    ['too many at once', () => Promise.reject(new AwsError('TooManyRequestsException', 'no', 429)), 'Lambda.TooManyRequestsException'],
    ['a line that broke', () => Promise.reject(new Error('ECONNRESET')), 'Lambda.SdkClientException'],
    ['a report without a name', async () => ({ payload: null, functionError: 'Unhandled' }), 'Lambda.Unknown'],
  ]
  it.each(refusals)('from %s has the name that Step Functions gives it', async (_, invoke, name) => {
    expect(await run(definition, {}, { invoke })).toMatchObject({ failure: { Error: name } })
  })

  it('that nothing catches ends the execution with its name and cause', async () => {
    const invoke: Invoke = async () => throwing('Boom')
    expect(await run(machine({ A: task({ End: true }) }), {}, { invoke })).toEqual({
      status: 'FAILED',
      error: 'Boom',
      cause: JSON.stringify(throwing('Boom').payload),
    })
  })

  it('is retried after the delay, the retries counted, and then caught', async () => {
    const at: number[] = []
    const timers = given(definition).timers
    const invoke: Invoke = async () => {
      at.push(timers.now() - Date.UTC(2026, 0, 1))
      return throwing('Boom')
    }
    const state = { ...caught, Retry: [{ ErrorEquals: ['Boom'], MaxAttempts: 3, IntervalSeconds: 2 }] }
    const it = given(machine({ A: state, B: { Type: 'Succeed' } }), { invoke, timers })
    await it.start({})
    expect(await it.settled()).toMatchObject({ status: 'SUCCEEDED', transitions: 5 })
    expect(at).toEqual([0, 2000, 6000, 14_000])
  })

  it('is States.Timeout when the function takes too long, and its late answer changes nothing', async () => {
    const late: (() => void)[] = []
    const invoke: Invoke = () => new Promise((resolve) => late.push(() => resolve({ payload: 'late' })))
    const it = given(machine({ A: { ...caught, TimeoutSeconds: 60 }, B: { Type: 'Wait', Seconds: 5, End: true } }), { invoke })
    await it.start({})
    it.timers.turn()
    for (const answer of late) answer()
    expect(JSON.parse((await it.settled()).output ?? '')).toEqual({ failure: { Error: 'States.Timeout' } })
    expect(it.timers.now() - Date.UTC(2026, 0, 1)).toBe(65_000)
  })
})
