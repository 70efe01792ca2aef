import { afterEach, expect, it } from '@jest/globals'
import { type Cloud, startCloud } from '../../local/cloud.ts'
import { type GivenStack, givenAssembly, givenFunction } from './fixtures/assembly.ts'
import { smallCell } from './fixtures/small-cell.ts'

type Resources = GivenStack['resources']

const started: Cloud[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((cloud) => cloud.stop()))
})

const lines: string[] = []
async function given(changes: Resources = {}, metadata: object = {}): Promise<Cloud> {
  lines.length = 0
  const cloud = await startCloud({
    outDir: givenAssembly({ Cell: { resources: { ...smallCell(), ...changes }, metadata: { 'ringhold:account': metadata } } }),
    logs: (_name, line) => void lines.push(line),
    onError: () => undefined,
    images: { pull: () => Promise.reject(new Error('there are no images')) },
  })
  started.push(cloud)
  return cloud
}
const recorder = (properties: Record<string, unknown>, ACTION = 'record'): Resources => ({
  Recorder: givenFunction({ FunctionName: 'cell-recorder', Timeout: 20, Environment: { Variables: { ACTION } }, ...properties }),
})
const ONE = { ReservedConcurrentExecutions: 1 }
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
/** Takes the one execution that there is, until the returned function is called. */
async function busy({ lambda }: Cloud): Promise<() => Promise<unknown>> {
  const hanging = lambda.invoke('cell-recorder', { action: 'hang' })
  await until(() => lambda.invocations('cell-recorder') === 1)
  return () => {
    lambda.kill('cell-recorder')
    return hanging
  }
}
const get = async (cloud: Cloud, path: string): Promise<[number, unknown]> => {
  const response = await fetch(cloud.apiUrl + path)
  return [response.status, await response.json()]
}
const recorded = (what: string): boolean => lines.some((line) => line.includes(what))

it('a function with a reservation of one is invoked twice at once, and runs once', async () => {
  const { lambda } = await given(recorder(ONE))
  const both = await Promise.allSettled([lambda.invoke('cell-recorder', {}), lambda.invoke('cell-recorder', {})])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect([lambda.invocations('cell-recorder'), lambda.throttles('cell-recorder')]).toEqual([1, 1])
  expect(await lambda.invoke('cell-recorder', { action: 'count' })).toEqual({ payload: 2 })
})

it('the gateway has an internal error for who comes when all that the account has run', async () => {
  const cloud = await given({}, { ConcurrentExecutions: 1 })
  const end = await busy(cloud)
  expect(await get(cloud, '/things?action=count')).toEqual([500, { message: 'Internal Server Error' }])
  await end()
  expect(cloud.lambda.throttles('cell-front')).toBe(1)
  expect(await get(cloud, '/things?action=count')).toEqual([200, 1])
})

it.each([
  ['a message of a queue', '/things?action=send&body=kept-message', 'kept-message'],
  ["a record of a table's stream", '/things?action=put&pk=kept-record', 'kept-record'],
])('%s waits for a function that has no room, and is not lost', async (_what, path, what) => {
  const cloud = await given(recorder(ONE))
  const end = await busy(cloud)
  expect((await get(cloud, path))[0]).toBe(200)
  await until(() => cloud.lambda.throttles('cell-recorder') >= 2)
  expect(recorded(what)).toBe(false)
  await end()
  await until(() => recorded(what))
})

it('so does an event of a rule', async () => {
  const cloud = await given(recorder(ONE))
  const end = await busy(cloud)
  cloud.lambda.invokeAsync('cell-recorder', { from: 'a rule' })
  await until(() => cloud.lambda.throttles('cell-recorder') === 1)
  await end()
  await until(() => recorded('a rule'))
})

it('an execution tries again as its state says, and without a Retry fails with what Lambda said', async () => {
  const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true }
  const Parameters = { FunctionName: { 'Fn::GetAtt': ['Recorder', 'Arn'] }, Payload: { from: 'workflow' } }
  const Retry = [{ ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 1, MaxAttempts: 4, BackoffRate: 1 }]
  const machine = (state: object): Resources => ({
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { StateMachineName: 'loop', Definition: { StartAt: 'Record', States: { Record: { ...task, Parameters, ...state } } } },
    },
  })
  const patient = await given({ ...recorder(ONE), ...machine({ Retry }) })
  const end = await busy(patient)
  await get(patient, '/things?action=run')
  await until(() => patient.lambda.throttles('cell-recorder') === 1)
  await end()
  await until(() => recorded('workflow'))
  const hasty = await given({ ...recorder(ONE), ...machine({}) })
  await busy(hasty)
  await get(hasty, '/things?action=run')
  await until(() => hasty.workflows.executions().some(({ status }) => status === 'FAILED'))
  expect(hasty.lambda.throttles('cell-recorder')).toBe(1)
})

it('a queue has no more of a function run than its mapping says', async () => {
  const source = { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Recorder' } }
  const cloud = await given({
    ...recorder({}, 'hang'),
    FromQueue: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { ...source, BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
    },
  })
  for (const body of ['a', 'b', 'c', 'd', 'e']) await get(cloud, `/things?action=send&body=${body}`)
  for (const [so, many] of [
    [2, 2],
    [4, 2],
    [5, 1],
  ] as const) {
    await until(() => cloud.lambda.invocations('cell-recorder') === so)
    expect(cloud.lambda.kill('cell-recorder')).toBe(many)
  }
  expect(cloud.lambda.throttles('cell-recorder')).toBe(0)
})
