import { randomUUID } from 'node:crypto'
import type { GivenUp } from './async-invocations.ts'

/** What an on-failure destination is told: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export const failureRecord = (functionArn: string, { event, condition, invokes, answer }: GivenUp, now: number): object => ({
  version: '1.0',
  timestamp: new Date(now).toISOString(),
  requestContext: {
    requestId: randomUUID(),
    functionArn: `${functionArn}:$LATEST`,
    condition,
    approximateInvokeCount: invokes,
  },
  requestPayload: JSON.parse(event) as unknown,
  ...(answer === undefined
    ? {}
    : {
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: JSON.parse(answer) as unknown,
      }),
})
