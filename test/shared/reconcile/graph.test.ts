import * as z from 'zod'
import { graph, STEP_TIMEOUT_SECONDS } from '../../../shared/reconcile/graph.ts'
import { ObserveEvent, STEP_NAMES, StepEvent } from '../../../shared/reconcile/model.ts'
import { given } from '../../local/workflows/given.ts'
import { CLUSTER_GRAPH, CREATE, follow, INPUT, type Script } from '../../local/workflows/scripted-functions.ts'

const Rules = z.array(z.looseObject({ ErrorEquals: z.array(z.string()) }))
const StepState = z.looseObject({
  Type: z.string(),
  TimeoutSeconds: z.int().optional(),
  Retry: Rules.optional(),
  Catch: Rules.optional(),
})
const Definition = z.looseObject({
  States: z.looseObject({ Wave: z.looseObject({ ItemProcessor: z.looseObject({ States: z.record(z.string(), StepState) }) }) }),
})
const wave = Definition.parse(graph({ observe: 'observe', step: 'step' })).States.Wave.ItemProcessor.States

async function run(script: Script) {
  const calls: unknown[] = []
  const it = given(CLUSTER_GRAPH, { invoke: follow(script, (call) => calls.push(call)) })
  await it.start(INPUT, 'clu_1.1.1')
  return { calls, ended: await it.settled('clu_1.1.1'), seconds: (it.timers.now() - Date.UTC(2026, 0, 1)) / 1000 }
}
const actions = (calls: unknown[]) =>
  calls.map((call) => z.object({ payload: z.looseObject({ action: z.string() }) }).parse(call).payload.action)

describe('the states of a wave', () => {
  it('are the steps, the choice between them, and what becomes of a failed or unknown one', () => {
    expect(Object.keys(wave).sort()).toEqual([...STEP_NAMES, 'Which', 'RecordFailure', 'UnknownStep'].sort())
  })

  it.each(STEP_NAMES)('%s has its time, its Retry, and a Catch to RecordFailure', (name) => {
    expect(wave[name]).toMatchObject({
      Type: 'Task',
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Retry: [{ ErrorEquals: expect.arrayContaining(['Lambda.TooManyRequestsException']) }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'RecordFailure' }],
      End: true,
    })
  })
})

describe('every state that calls a function', () => {
  it('has its time: a lost answer is not waited for until the execution’s own end', () => {
    const outer = z.looseObject({ States: z.record(z.string(), StepState) }).parse(graph({ observe: 'observe', step: 'step' })).States
    const tasks = Object.entries({ ...outer, ...wave }).filter(([, state]) => state.Type === 'Task')
    expect(tasks.filter(([, state]) => state.TimeoutSeconds !== STEP_TIMEOUT_SECONDS).map(([name]) => name)).toEqual([])
    expect(tasks.map(([name]) => name)).toEqual(expect.arrayContaining(['Observe', 'Settle', 'RecordFailure', ...STEP_NAMES]))
  })
})

describe('an execution', () => {
  it('of a create goes through exactly so many states', async () => {
    const { ended, seconds } = await run(CREATE)
    const observed = 2 * CREATE.turns.length
    const waves = 5
    // Which and the step itself, seven times; one step fails and is recorded.
    const stepped = 2 * 7 + 1
    // Pause, Settle, Decide, Done.
    expect(ended).toMatchObject({ status: 'SUCCEEDED', transitions: observed + waves + stepped + 4 })
    expect(seconds).toBe(2)
  })

  it('that has nothing to do takes five states', async () => {
    const { ended } = await run({ turns: [{ decision: 'settle', outcome: 'ready' }], settled: [{ decision: 'end' }], failing: [] })
    expect(ended.transitions).toBe(5)
  })

  it('lets a failed step’s siblings be, and records the failure where the planner looks', async () => {
    const { calls } = await run(CREATE)
    expect(actions(calls).filter((action) => action === 'step')).toHaveLength(7)
    expect(calls).toContainEqual({
      functionName: 'step',
      payload: expect.objectContaining({
        action: 'record-failure',
        fence: 3,
        step: { name: 'AwaitNodes', ordinals: [1] },
        failure: { Error: 'NodeUnreachable', Cause: expect.stringContaining('nobody answers') },
      }),
    })
  })

  it('gives its functions what they expect', async () => {
    const { calls } = await run(CREATE)
    const Call = z.discriminatedUnion('functionName', [
      z.object({ functionName: z.literal('observe'), payload: ObserveEvent }),
      z.object({ functionName: z.literal('step'), payload: StepEvent }),
    ])
    expect(() => z.array(Call).parse(calls)).not.toThrow()
    expect(calls[0]).toEqual({ functionName: 'observe', payload: { action: 'observe', ...INPUT, execution: 'clu_1.1.1' } })
  })

  it('looks again when settling finds that the world has moved on', async () => {
    const calls: unknown[] = []
    const script = follow({ turns: [{ decision: 'settle' }, { decision: 'settle' }], settled: [], failing: [] }, (call) => calls.push(call))
    const it = given(CLUSTER_GRAPH, {
      invoke: async (name, payload) => {
        const answer = await script(name, payload)
        const decision = ['again', 'end'][actions(calls).filter((action) => action === 'settle').length - 1]
        return actions(calls).at(-1) === 'settle' ? { payload: { ...INPUT, turn: 1, decision } } : answer
      },
    })
    await it.start(INPUT)
    expect(await it.settled()).toMatchObject({ status: 'SUCCEEDED' })
    expect(actions(calls)).toEqual(['observe', 'settle', 'observe', 'settle'])
  })

  it('fails when the planner names a step that the graph does not have', async () => {
    const unknown = { name: 'Fly', ordinals: [] }
    const it = given(CLUSTER_GRAPH, {
      invoke: async (_, payload) => ({
        payload: { ...z.looseObject({}).parse(payload), decision: 'act', fence: 1, generation: 1, steps: [unknown] },
      }),
    })
    await it.start(INPUT)
    expect(await it.settled()).toMatchObject({ status: 'FAILED', error: 'UnknownStep' })
  })

  it('survives a function that Lambda could not run, and gives up observing after three retries', async () => {
    let calls = 0
    const it = given(CLUSTER_GRAPH, {
      invoke: async () => {
        calls += 1
        throw new Error('ECONNRESET')
      },
    })
    await it.start(INPUT)
    expect(await it.settled()).toMatchObject({ status: 'FAILED', error: 'Lambda.SdkClientException', transitions: 4 })
    expect(calls).toBe(4)
  })
})
