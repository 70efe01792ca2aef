import { afterEach, describe, expect, it } from '@jest/globals'
import { createLambda, type Lambda, type LambdaOptions } from '../../../local/lambda/lambda.ts'
import type { FunctionSpec } from '../../../local/template/functions.ts'
import { systemTimers } from '../../../local/timers.ts'
import { BUNDLE, OVERRIDES } from '../fixtures/assembly.ts'

const spec = (changes: Partial<FunctionSpec> = {}): FunctionSpec => ({
  logicalId: 'Worker',
  name: 'worker',
  arn: 'arn:aws:lambda:us-east-1:123456789012:function:worker',
  assetDir: BUNDLE,
  handler: 'index.handler',
  memoryMiB: 128,
  timeoutMs: 20_000,
  environment: { TABLE_NAME: 'things' },
  asyncRetries: 2,
  ...changes,
})

const started: Lambda[] = []
function givenLambda(changes: Partial<FunctionSpec> = {}, options: Partial<LambdaOptions> = {}): Lambda {
  const lambda = createLambda({
    functions: [spec(changes)],
    region: 'us-east-1',
    endpointUrl: 'http://127.0.0.1:4566',
    timers: systemTimers,
    ...options,
  })
  started.push(lambda)
  return lambda
}
/** Waits until so many invocations have begun. */
async function begun(lambda: Lambda, count: number): Promise<void> {
  while (lambda.invocations('worker') < count) await new Promise((resolve) => setTimeout(resolve, 5))
}
afterEach(async () => {
  await Promise.all(started.splice(0).map((lambda) => lambda.stop()))
})

describe('a function', () => {
  it('answers with what its handler returns, through JSON both ways', async () => {
    const lambda = givenLambda()
    const event = { action: 'echo', list: [1, { deep: true }], gone: undefined }
    expect(await lambda.invoke('worker', event)).toEqual({ payload: { action: 'echo', list: [1, { deep: true }] } })
    expect(await lambda.invoke('worker', { action: 'nothing' })).toEqual({ payload: null })
  })

  it('sees the variables of the template, those of Lambda and no others', async () => {
    const { payload } = await givenLambda().invoke('worker', { action: 'environment' })
    expect(payload).toMatchObject({
      TABLE_NAME: 'things',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'worker',
      AWS_LAMBDA_FUNCTION_NAME: 'worker',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    })
    expect(payload).not.toHaveProperty('PATH')
    expect(payload).not.toHaveProperty('HOME')
  })

  it('is told who it is and how much time is left', async () => {
    const { payload } = await givenLambda().invoke('arn:aws:lambda:us-east-1:123456789012:function:worker:$LATEST', { action: 'context' })
    expect(payload).toMatchObject({
      functionName: 'worker',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:worker',
      memoryLimitInMB: '128',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      remaining: expect.any(Number),
    })
  })

  it('keeps its module between invocations and is grown when all workers are busy', async () => {
    const lambda = givenLambda()
    await lambda.invoke('worker', {})
    expect(await lambda.invoke('worker', { action: 'count' })).toEqual({ payload: 2 })
    const hanging = lambda.invoke('worker', { action: 'hang' })
    await begun(lambda, 3)
    expect(await lambda.invoke('worker', { action: 'count' })).toEqual({ payload: 1 })
    expect(lambda.kill('worker')).toBe(1)
    await hanging
  })

  it('may be warmed up ahead of its first use', async () => {
    const lambda = givenLambda()
    lambda.warmUp('worker', 2)
    const answers = await Promise.all([1, 2].map(() => lambda.invoke('worker', { action: 'count' })))
    expect(answers.map((answer) => answer.payload)).toEqual([1, 1])
  })

  it('waits for a worker when as many run as may', async () => {
    const lambda = givenLambda({}, { mostWorkers: 1 })
    const answers = await Promise.all([1, 2, 3].map(() => lambda.invoke('worker', { action: 'count' })))
    expect(answers.map((answer) => answer.payload)).toEqual([1, 2, 3])
  })

  it('is refused past its reserved concurrency', async () => {
    const lambda = givenLambda({ reservedConcurrency: 1 })
    const first = lambda.invoke('worker', {})
    await expect(lambda.invoke('worker', {})).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 })
    await first
  })

  it('is made by createHandler from the deps of an override', async () => {
    expect(await givenLambda().invoke('worker', { action: 'greet' })).toEqual({ payload: 'from the bundle' })
    const overridden = givenLambda({}, { overrides: { worker: OVERRIDES } })
    expect(await overridden.invoke('worker', { action: 'greet' })).toEqual({ payload: 'from the override' })
    expect(() => givenLambda({}, { overrides: { nobody: OVERRIDES } })).toThrow('overrides name nobody; the template has worker')
  })

  it('writes its lines to the sink, under its name', async () => {
    const lines: string[] = []
    const lambda = givenLambda({}, { logs: (name, line) => lines.push(`${name}: ${line}`) })
    await lambda.invoke('worker', { action: 'log', line: 'one\ntwo' })
    while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(lines).toEqual(['worker: one', 'worker: two'])
  })

  it('that is not in the template is not found', async () => {
    await expect(givenLambda().invoke('nobody', {})).rejects.toMatchObject({ code: 'ResourceNotFoundException', status: 404 })
    expect(() => givenLambda({ handler: 'main.handler' })).toThrow('its asset has no file for the handler main.handler')
  })
})

describe('a function that fails', () => {
  const unhandled = (payload: object): object => ({ functionError: 'Unhandled', payload: expect.objectContaining(payload) })

  it('answers with the type and message of its error', async () => {
    expect(await givenLambda().invoke('worker', { action: 'fail', message: 'no such thing' })).toEqual(
      unhandled({ errorType: 'TypeError', errorMessage: 'no such thing', trace: expect.any(Array) }),
    )
  })

  it('and was given up as an asynchronous event is told of at its queue, as Lambda tells it', async () => {
    const queue = 'arn:aws:sqs:us-east-1:123456789012:aside'
    const told = new Promise((resolve) => {
      const sendFailure = (arn: string, body: object) => resolve([arn, body])
      const lambda = givenLambda({ asyncRetries: 0, onFailureArn: queue }, { sendFailure })
      lambda.invokeAsync('worker', { action: 'fail', message: 'no such thing' })
    })
    expect(await told).toMatchObject([
      queue,
      {
        version: '1.0',
        requestContext: { functionArn: `${spec().arn}:$LATEST`, condition: 'RetriesExhausted', approximateInvokeCount: 1 },
        requestPayload: { action: 'fail', message: 'no such thing' },
        responseContext: { functionError: 'Unhandled' },
        responsePayload: { errorMessage: 'no such thing' },
      },
    ])
  })

  it('is ended at its timeout, and the next invocation gets a new worker', async () => {
    const lambda = givenLambda({ timeoutMs: 300 })
    expect(await lambda.invoke('worker', { action: 'hang' })).toEqual(
      unhandled({
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 0.30 seconds$/),
      }),
    )
    expect(await lambda.invoke('worker', { action: 'count' })).toEqual({ payload: 1 })
  })

  it.each([
    ['exits', { action: 'exit', status: 3 }, 'exit status 3'],
    ['throws where nobody catches', { action: 'crash' }, 'exit status 1'],
    ['takes more memory than it has', { action: 'exhaust' }, 'signal: killed'],
  ])('answers Runtime.ExitError when it %s', async (_how, event, message) => {
    const lambda = givenLambda({ memoryMiB: 32 })
    expect(await lambda.invoke('worker', event)).toEqual(
      unhandled({ errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining(`Runtime exited with error: ${message}`) }),
    )
    expect(await lambda.invoke('worker', { action: 'count' })).toEqual({ payload: 1 })
  })

  it('answers Runtime.ExitError to everyone whose worker is killed', async () => {
    const lambda = givenLambda()
    const hanging = [lambda.invoke('worker', { action: 'hang' }), lambda.invoke('worker', { action: 'hang' })]
    await begun(lambda, 2)
    expect(lambda.kill('worker')).toBe(2)
    for (const answer of await Promise.all(hanging)) expect(answer).toEqual(unhandled({ errorType: 'Runtime.ExitError' }))
    expect(lambda.kill('worker')).toBe(0)
  })

  it('answers with the reason when its code cannot be loaded', async () => {
    expect(await givenLambda({ handler: 'index.missing' }).invoke('worker', {})).toEqual(
      unhandled({ errorType: 'TypeError', errorMessage: expect.stringContaining('exports no function missing') }),
    )
  })

  it('answers with an error when its answer is larger than 6 MB, and takes no larger event', async () => {
    const lambda = givenLambda()
    const bytes = 6 * 1024 * 1024
    expect(await lambda.invoke('worker', { action: 'fill', bytes })).toEqual(unhandled({ errorType: 'Function.ResponseSizeTooLarge' }))
    await expect(lambda.invoke('worker', 'x'.repeat(bytes))).rejects.toMatchObject({ code: 'RequestTooLargeException', status: 413 })
  })
})
