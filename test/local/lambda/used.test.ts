import { afterAll, expect, it } from '@jest/globals'
import type { Used } from '../../../local/lambda/execution-environment.ts'
import { createLambda, type Lambda } from '../../../local/lambda/lambda.ts'
import { systemTimers } from '../../../local/timers.ts'
import { BUNDLE } from '../fixtures/assembly.ts'

const told: (Used & { name: string; memoryMiB: number })[] = []
const lambda: Lambda = createLambda({
  functions: [
    {
      ...{ logicalId: 'Worker', name: 'worker', arn: 'arn:aws:lambda:us-east-1:123456789012:function:worker' },
      ...{ assetDir: BUNDLE, handler: 'index.handler', memoryMiB: 128, timeoutMs: 20_000, environment: {}, asyncRetries: 2 },
    },
  ],
  region: 'us-east-1',
  endpointUrl: 'http://127.0.0.1:4566',
  timers: systemTimers,
  onInvoked: (name, used) => told.push({ name, ...used }),
})
afterAll(() => lambda.stop())

it('tells how long each invocation took, and the start of a new environment with its first alone', async () => {
  await lambda.invoke('worker', { action: 'work', cpuMs: 5 })
  await lambda.invoke('worker', { action: 'no such action' })
  expect(told).toHaveLength(2)
  const [first, second] = told
  expect(first).toMatchObject({ name: 'worker', memoryMiB: 128 })
  expect(first?.initMs).toBeGreaterThan(0)
  expect(second?.initMs).toBe(0)
  expect(told.every(({ durationMs }) => durationMs > 0)).toBe(true)
  expect(first?.cpuMs).toBeGreaterThanOrEqual(5)
})
