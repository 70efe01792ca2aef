import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LambdaClient } from '@aws-sdk/client-lambda'
import { RingFailed, ringClient, ringInvoker } from '../../../shared/platform/ring.ts'

type Answer = { status: number; type?: string; functionError?: string; body: unknown } | 'silence'
let server: Server
let answers: Answer[]
let calls: number
const sleeps: number[] = []
const clock = { now: () => 0, sleep: async (ms: number) => void sleeps.push(ms) }

beforeEach(async () => {
  calls = 0
  sleeps.length = 0
  server = createServer((request, response) => {
    request.resume()
    calls += 1
    const answer = answers.shift() ?? 'silence'
    if (answer === 'silence') return
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(answer.type ? { 'x-amzn-errortype': answer.type } : {}),
      ...(answer.functionError ? { 'x-amz-function-error': answer.functionError } : {}),
    })
    response.end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function invoker(timeoutMs?: number) {
  const { port } = server.address() as AddressInfo
  const credentials = { accessKeyId: 'step', secretAccessKey: 'local' }
  const lambda: LambdaClient = ringClient(timeoutMs, { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials })
  return ringInvoker('cell-1-ring', clock, lambda)
}

test('the ring’s answer is the answer', async () => {
  answers = [{ status: 200, body: { views: [] } }]
  expect(await invoker()({ action: 'probe' })).toEqual({ views: [] })
})

test('a network interface that is being made again is waited for', async () => {
  const notReady = { status: 502, type: 'ResourceNotReadyException', body: { Message: 'creating' } }
  answers = [notReady, { ...notReady, type: 'ENINotReadyException' }, { status: 200, body: null }]
  expect(await invoker()({})).toBeNull()
  expect([calls, sleeps]).toEqual([3, [500, 500]])
})

test('an act is never sent twice: neither after an error of the function, nor of Lambda, nor after silence', async () => {
  answers = [{ status: 200, functionError: 'Unhandled', body: { errorType: 'Sandbox.Timedout' } }]
  await expect(invoker()({})).rejects.toThrow(RingFailed)
  answers = [{ status: 500, type: 'ServiceException', body: { Message: 'internal' } }]
  await expect(invoker()({})).rejects.toMatchObject({ name: 'ServiceException' })
  answers = ['silence']
  await expect(invoker(50)({})).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(calls).toBe(3)
})
