import { InvokeCommand, type InvokeCommandInput, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { createLambda, type Lambda } from '../../../local/lambda/lambda.ts'
import type { FunctionSpec } from '../../../local/template/functions.ts'
import { systemTimers } from '../../../local/timers.ts'
import { BUNDLE } from '../fixtures/assembly.ts'

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:worker'
const worker: FunctionSpec = {
  ...{ logicalId: 'Worker', name: 'worker', arn, assetDir: BUNDLE, handler: 'index.handler' },
  ...{ memoryMiB: 128, timeoutMs: 20_000, environment: {}, asyncRetries: 0 },
}
let endpoint: Endpoint
let lambda: Lambda
let client: LambdaClient

beforeAll(async () => {
  endpoint = await startEndpoint()
  lambda = createLambda({
    functions: [worker, { ...worker, name: 'closed', arn: arn.replace('worker', 'closed'), reservedConcurrency: 0 }],
    region: 'us-east-1',
    endpointUrl: endpoint.url,
    timers: systemTimers,
  })
  endpoint.add(lambda.service)
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  client = new LambdaClient({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 })
})
afterAll(async () => {
  client.destroy()
  await lambda.stop()
  await endpoint.stop()
})

const invoke = (input: Partial<InvokeCommandInput> & { event?: unknown }) => {
  const { event = {}, ...rest } = input
  return client.send(new InvokeCommand({ FunctionName: 'worker', Payload: JSON.stringify(event), ...rest }))
}

describe('Invoke of the Lambda API', () => {
  it.each(['worker', arn, '123456789012:function:worker', `${arn}:$LATEST`])('finds a function by %s', async (FunctionName) => {
    const answer = await invoke({ FunctionName, event: { action: 'echo', text: 'ü' } })
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
    expect(answer.FunctionError).toBeUndefined()
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ action: 'echo', text: 'ü' })
  })

  it('says in a header that the function failed', async () => {
    const answer = await invoke({ event: { action: 'fail', message: 'no' } })
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({ errorType: 'TypeError', errorMessage: 'no' })
  })

  it('takes an event without waiting for it', async () => {
    const before = lambda.invocations('worker')
    expect(await invoke({ InvocationType: 'Event' })).toMatchObject({ StatusCode: 202 })
    while (lambda.invocations('worker') === before) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('is refused with the reason when too many run at once', async () => {
    const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded'
    const expected = { name: 'TooManyRequestsException', message: 'Rate Exceeded.', Reason, $metadata: { httpStatusCode: 429 } }
    await expect(invoke({ FunctionName: 'closed' })).rejects.toMatchObject(expected)
  })

  it('refuses by name what it does not do', async () => {
    await expect(invoke({ FunctionName: 'nobody' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(invoke({ InvocationType: 'DryRun' })).rejects.toThrow('lambda has no local model of InvocationType DryRun')
    await expect(invoke({ LogType: 'Tail' })).rejects.toThrow('lambda has no local model of LogType Tail')
    await expect(invoke({ Qualifier: 'live' })).rejects.toThrow('lambda has no local model of the qualifier live')
    await expect(invoke({ Payload: '{' })).rejects.toMatchObject({ name: 'InvalidRequestContentException' })
    await expect(client.send(new ListFunctionsCommand({}))).rejects.toThrow('lambda has no local model of GET /2015-03-31/functions')
  })
})
