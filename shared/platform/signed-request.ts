import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** What every client of the SDK is made with: its connections, credentials and signer. */
export interface SigningClient {
  config: Pick<DynamoDBClient['config'], 'region' | 'signer' | 'requestHandler' | 'streamCollector'>
}
export interface ServiceRequest {
  /** As signatures name it. */
  service: string
  /** Where it answers, by region. */
  urlOf(region: string): URL
  path: string
  contentType: string
  body: string
  timeoutMs: number
}
export interface ServiceAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  text: string
}

/**
 * Asks a service of AWS once with what a client of another service has anyway: its own client would be tens of kilobytes of a
 * bundle, for one request.
 * @throws whatever the network failed with, or when the time is over
 */
export async function askService({ config }: SigningClient, request: ServiceRequest): Promise<ServiceAnswer> {
  const region = await config.region()
  const { protocol, hostname, port, host } = request.urlOf(region)
  const signer = await config.signer()
  const unsigned = {
    ...{ method: 'POST', protocol, hostname, path: request.path, query: {}, ...(port ? { port: Number(port) } : {}) },
    headers: { host, 'content-type': request.contentType },
    body: request.body,
  }
  const signed = await signer.sign(unsigned, { signingService: request.service, signingRegion: region })
  // The handler's own `requestTimeout` ends nothing, it only warns.
  const abortSignal = AbortSignal.timeout(request.timeoutMs)
  const { response } = await config.requestHandler.handle({ ...unsigned, ...signed }, { abortSignal })
  const text = Buffer.from(await config.streamCollector(response.body)).toString('utf8')
  return { status: response.statusCode, headers: response.headers, text }
}
