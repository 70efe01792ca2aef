import type { SFNClient } from '@aws-sdk/client-sfn'
import { lambdaUrl } from './env.ts'

/** Asks `functions/preview` where a cluster would go. */
export type InvokePreview = (request: object) => Promise<unknown>

/** Above what functions/preview may take, so that its own timeout ends it first. */
const TIMEOUT_MS = 12_000

/**
 * Calls a function with the connections, credentials and signer of a client that is there anyway: a client of Lambda's own would
 * be 57 kB of the API's bundle, for one request. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws whatever the network, Lambda or the function failed with
 */
export function previewInvoker({ config }: SFNClient, functionName: string, timeoutMs = TIMEOUT_MS): InvokePreview {
  return async (request) => {
    const region = await config.region()
    const { protocol, hostname, port, host } = lambdaUrl(region)
    const signer = await config.signer()
    const unsigned = {
      ...{ method: 'POST', protocol, hostname, query: {}, ...(port ? { port: Number(port) } : {}) },
      path: `/2015-03-31/functions/${functionName}/invocations`,
      headers: { host, 'content-type': 'application/json' },
      body: JSON.stringify(request),
    }
    const signed = await signer.sign(unsigned, { signingService: 'lambda', signingRegion: region })
    // The handler's own `requestTimeout` ends nothing, it only warns.
    const abortSignal = AbortSignal.timeout(timeoutMs)
    const { response } = await config.requestHandler.handle({ ...unsigned, ...signed }, { abortSignal })
    const text = Buffer.from(await config.streamCollector(response.body)).toString('utf8')
    if (response.statusCode !== 200 || response.headers['x-amz-function-error'] !== undefined)
      throw new Error(`${functionName} answers ${response.statusCode}: ${text.slice(0, 500)}`)
    return JSON.parse(text)
  }
}
