import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isOfPage, isOwnHost } from '../foreign.ts'
import { errorAnswer, internalFailure } from './error-answer.ts'
import type { Limit } from './rate-limits.ts'
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from './service.ts'

export interface EndpointOptions {
  services?: AwsService[]
  /** 0, the default, takes a free one. */
  port?: number
  /** Told what no service expected; the caller got a 500. */
  onError?: (error: unknown, call: string) => void
  /** Judges every call before its service sees it; without one, whoever signs may do everything. */
  authorize?: Authorize
  /** Stands between a call that was let through and its service: to see what is called when, and to disturb it. */
  around?: Around
  /** Refuses what comes too often; without one, anything may come at any rate. */
  limit?: Limit
}

/**
 * Lets a call through or throws the AwsError that its caller gets instead. `service` is the one it is signed for,
 * `request.caller` the access key id that signed.
 */
export type Authorize = (service: string, request: AwsRequest) => void

/** Answers a call in its service's stead, by asking the service (`serve`) or not. */
export type Around = (service: string, request: AwsRequest, serve: () => Promise<AwsResponse>) => Promise<AwsResponse>

/** One address for all AWS APIs: what `AWS_ENDPOINT_URL` is set to. */
export interface Endpoint {
  readonly port: number
  readonly url: string
  /** Services may come later than the address, which some of them have to know. */
  add(service: AwsService): void
  /** Ends open connections too: a long poll may wait for 20 seconds. */
  stop(): Promise<void>
}

/** The largest body an AWS API of ours takes is DynamoDB's 16 MB batch. */
const BODY_LIMIT = 16 * 1024 * 1024
/** Longer than the SDK's agents keep an idle socket, so that none is closed under a request. */
const KEEP_ALIVE_MS = 10 * 60_000

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
const SCOPE = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    size += chunk.length
    if (size > BODY_LIMIT) throw new AwsError('RequestEntityTooLargeException', `a body has at most ${BODY_LIMIT} bytes`, 413)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

function flatHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return headers
}

function parsed(body: Buffer): () => unknown {
  let found: { value: unknown } | undefined
  return () => {
    try {
      found ??= { value: body.length === 0 ? {} : JSON.parse(body.toString('utf8')) }
      return found.value
    } catch {
      throw new AwsError('SerializationException', 'the body is not JSON')
    }
  }
}

/**
 * Whoever signs as an operator may do everything, and anybody can: a page in a browser on this machine may not even ask, by whatever
 * name it came here. The functions, the SDK and the AWS CLI send none of it.
 */
function refuseBrowsers({ headers }: IncomingMessage): void {
  const { host = '' } = headers
  if (!isOwnHost(host)) throw new AwsError('AccessDeniedException', `Host ${host} is not this machine: use 127.0.0.1.`, 403)
  if (isOfPage(headers)) throw new AwsError('AccessDeniedException', 'Pages in a browser may not ask this.', 403)
}

type Hooks = Pick<EndpointOptions, 'authorize' | 'around' | 'limit'> & Required<Pick<EndpointOptions, 'onError'>>
type Reply = (message: IncomingMessage) => Promise<AwsResponse>

function replier(services: Map<string, AwsService>, { authorize, around, limit, onError }: Hooks): Reply {
  async function dispatch(message: IncomingMessage, headers: Record<string, string>, caller = '', name = ''): Promise<AwsResponse> {
    refuseBrowsers(message)
    if (!caller || !name) throw new AwsError('MissingAuthenticationToken', 'The request has no SigV4 Authorization header.', 403)
    const service = services.get(name)
    if (!service) throw new AwsError('UnknownServiceException', `The local cloud has no model of the service ${name}.`, 404)
    const url = new URL(message.url ?? '/', 'http://local')
    const body = await readBody(message)
    const request: AwsRequest = {
      method: message.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers,
      body,
      json: parsed(body),
      caller,
    }
    authorize?.(name, request)
    const serve = async (): Promise<AwsResponse> => {
      limit?.(name, request)
      return service.handle(request)
    }
    return around ? around(name, request, serve) : serve()
  }
  return async (message) => {
    const headers = flatHeaders(message)
    const [, caller, name] = SCOPE.exec(headers.authorization ?? '') ?? []
    try {
      return await dispatch(message, headers, caller, name)
    } catch (error) {
      if (error instanceof AwsError) return errorAnswer(error, headers, name)
      onError(error, `${message.method} ${message.url} ${headers['x-amz-target'] ?? ''}`.trim())
      return errorAnswer(internalFailure(), headers, name)
    }
  }
}

function send(response: ServerResponse, answer: AwsResponse): void {
  if (response.destroyed) return
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
  response.end(answer.body)
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}

export async function startEndpoint(options: EndpointOptions = {}): Promise<Endpoint> {
  const services = new Map<string, AwsService>()
  const add = (service: AwsService): void => {
    if (services.has(service.signingName)) throw new Error(`two services sign as ${service.signingName}`)
    services.set(service.signingName, service)
  }
  for (const service of options.services ?? []) add(service)
  const onError = options.onError ?? ((error: unknown, call: string) => console.error(`local cloud: ${call}`, error))
  const reply = replier(services, { ...options, onError })
  const server = createServer({ keepAlive: true, noDelay: true, keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
    void reply(message).then((answer) => send(response, answer))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('the endpoint has no port')
  return { port: address.port, url: `http://127.0.0.1:${address.port}`, add, stop: () => close(server) }
}
