import { lambdaUrl } from './env.ts'
import { askService, type SigningClient } from './signed-request.ts'

/** Asks `functions/preview` where a cluster would go. */
export type InvokePreview = (request: object) => Promise<unknown>

/** Above what functions/preview may take, so that its own timeout ends it first. */
const TIMEOUT_MS = 12_000

/**
 * Calls a function: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws whatever the network, Lambda or the function failed with
 */
export function previewInvoker(client: SigningClient, functionName: string, timeoutMs = TIMEOUT_MS): InvokePreview {
  return async (request) => {
    const { status, headers, text } = await askService(client, {
      service: 'lambda',
      urlOf: lambdaUrl,
      path: `/2015-03-31/functions/${functionName}/invocations`,
      contentType: 'application/json',
      body: JSON.stringify(request),
      timeoutMs,
    })
    if (status !== 200 || headers['x-amz-function-error'] !== undefined)
      throw new Error(`${functionName} answers ${status}: ${text.slice(0, 500)}`)
    return JSON.parse(text)
  }
}
