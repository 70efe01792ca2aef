import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AwsError } from '../aws/service.ts'
import type { Invoke } from '../lambda/invoke.ts'
import type { HttpApiSpec } from '../template/http-api.ts'
import type { Timers } from '../timers.ts'
import { crossOrigin } from './cross-origin.ts'
import { functionResponse, gatewayMessage, type HttpResponse, internalServerError } from './function-response.ts'
import { decodedPath, requestEvent } from './request-event.ts'
import { routeMatcher } from './route-match.ts'

export interface GatewayOptions {
  api: HttpApiSpec
  account: string
  invoke: Invoke
  timers: Timers
  /** 0, the default, takes a free one. */
  port?: number
  /** Told what nobody expected; the client got a 500. */
  onError?: (error: unknown, request: string) => void
  /** Asked first: what the local cloud answers itself never comes to a route. */
  local?: LocalAnswers
}

/** @returns whether it takes the request, and answers it */
export type LocalAnswers = (message: IncomingMessage, response: ServerResponse) => boolean

export interface Gateway {
  readonly url: string
  /** Ends open connections. */
  stop(): Promise<void>
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const BODY_LIMIT = 10 * 1024 * 1024
const HEADER_LIMIT = 10_240
/** Above the gateway's own limit, so that it is the gateway that answers. */
const NODE_HEADER_LIMIT = 64 * 1024
/** Longer than usual clients keep an idle connection, so that none is closed under a request. */
const KEEP_ALIVE_MS = 10 * 60_000

/**
 * Reads on past the limit, to a point, since a client that is still sending may not see an answer.
 * @returns undefined when there is more than the limit
 */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    size += chunk.length
    if (size <= BODY_LIMIT) chunks.push(chunk)
    else if (size > 4 * BODY_LIMIT) break
  }
  return size > BODY_LIMIT ? undefined : Buffer.concat(chunks)
}

/** The request line counts too. */
const headBytes = ({ method = '', url = '', rawHeaders }: IncomingMessage): number =>
  [method, url, ...rawHeaders].reduce((sum, text) => sum + Buffer.byteLength(text), 0)

/** An integration that takes too long is left alone; its answer goes nowhere. */
function within<T>(ms: number, timers: Timers, work: Promise<T>): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => resolve('late'))
    work.then(resolve, reject).finally(cancel)
  })
}

function answerer(options: GatewayOptions): (message: IncomingMessage, requestId: string) => Promise<HttpResponse> {
  const { api, account, invoke, timers } = options
  const match = routeMatcher(api.routes)
  const cors = crossOrigin(api.cors)
  return async (message, requestId) => {
    if (headBytes(message) > HEADER_LIMIT) return gatewayMessage(431, 'Request Header Fields Too Large')
    const preflight = cors.preflight(message)
    if (preflight) return preflight
    const found = match(message.method ?? 'GET', decodedPath((message.url ?? '/').split('?')[0] ?? '/'))
    if (!found) return gatewayMessage(404, 'Not Found')
    const body = await readBody(message)
    if (!body) return gatewayMessage(413, 'Request Entity Too Large')
    const { route, pathParameters } = found
    const event = requestEvent(message, body, { account, apiId: api.id, routeKey: route.key, pathParameters, requestId, now: timers.now() })
    try {
      const answer = await within(route.timeoutMs, timers, invoke(route.functionArn, event))
      if (answer === 'late') return gatewayMessage(503, 'Service Unavailable')
      return cors.shared(message, answer.functionError ? internalServerError() : functionResponse(answer.payload))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      // A body that the gateway takes may still be more than a function does. What else Lambda refuses, a throttled function too,
      // is an internal error: https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
      return error.status === 413 ? gatewayMessage(413, 'Request Entity Too Large') : internalServerError()
    }
  }
}

/** An answer to HEAD may tell how long that to GET would be (RFC 9110, 8.6); what the function says of any other is put right. */
function headersOf({ method }: IncomingMessage, { status, headers, body }: HttpResponse): HttpResponse['headers'] {
  const { 'content-length': told, ...others } = headers
  if (status === 204 || status === 304) return others
  return { ...others, 'content-length': method === 'HEAD' && told !== undefined ? told : String(body.length) }
}

function send(message: IncomingMessage, response: ServerResponse, answer: HttpResponse, requestId: string): void {
  if (response.destroyed) return
  // What is left of a refused body would be read as the next request.
  const close = message.complete ? {} : { connection: 'close' }
  response.writeHead(answer.status, { ...headersOf(message, answer), ...close, 'apigw-requestid': requestId })
  response.end(answer.body)
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}

/** An HTTP API with the routes of the template and no others. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const answer = answerer(options)
  const onError = options.onError ?? ((error, request) => console.error(`gateway: ${request}`, error))
  const settings = { keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: NODE_HEADER_LIMIT, noDelay: true }
  const server = createServer(settings, (message, response) => {
    if (options.local?.(message, response)) return
    const requestId = randomUUID()
    answer(message, requestId)
      .catch((error) => {
        // A client that went away in the middle of its request is no error of ours.
        if (!message.errored) onError(error, `${message.method} ${message.url}`)
        return internalServerError()
      })
      .then((given) => send(message, response, given, requestId))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('the gateway has no port')
  return { url: `http://127.0.0.1:${address.port}`, stop: () => close(server) }
}
