import { AwsError } from '../../../local/aws/service.ts'
import { type Gateway, startGateway } from '../../../local/gateway/gateway.ts'
import { systemTimers } from '../../../local/timers.ts'
import type { Api } from './given.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LAMBDA_BYTES = 6 * 1024 * 1024

/** The API as a client reaches it: behind a gateway with the routes of the template, its events and answers as JSON within Lambda's limits. */
export async function givenGateway(api: Api): Promise<Gateway> {
  const { createHandler } = await import('../../../functions/api.ts')
  const handler = createHandler(api.deps)
  return startGateway({
    api: {
      id: 'api',
      name: 'api',
      routes: ['ANY /{proxy+}', '$default'].map((key) => ({ key, functionArn: 'arn', timeoutMs: 30_000 })),
    },
    account: '123456789012',
    timers: systemTimers,
    invoke: async (_arn, event) => {
      const text = JSON.stringify(event)
      if (Buffer.byteLength(text) > LAMBDA_BYTES) throw new AwsError('RequestTooLargeException', 'Request must be smaller', 413)
      const answer = JSON.stringify(await handler(JSON.parse(text), JSON.parse('{}')))
      if (Buffer.byteLength(answer) > LAMBDA_BYTES) return { functionError: 'Unhandled', payload: {} }
      return { payload: JSON.parse(answer) }
    },
  })
}
