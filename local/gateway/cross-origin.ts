import type { IncomingMessage } from 'node:http'
import type { CorsSpec } from '../template/http-api.ts'
import type { HttpResponse } from './function-response.ts'

export interface CrossOrigin {
  /** The answer to a browser that asks before it calls; nothing of any other request. */
  preflight(message: IncomingMessage): HttpResponse | undefined
  /** A function's answer, as far as the page that asked may read it. */
  shared(message: IncomingMessage, answer: HttpResponse): HttpResponse
}

const CORS_HEADER = /^access-control-/i

const listed = (name: string, values: string[]): Record<string, string> => (values.length > 0 ? { [name]: values.join(',') } : {})

function originHeader({ origins }: CorsSpec, origin: string): Record<string, string> | undefined {
  if (origins.includes('*')) return { 'access-control-allow-origin': '*' }
  return origins.includes(origin) ? { 'access-control-allow-origin': origin, vary: 'Origin' } : undefined
}

function preflightHeaders(cors: CorsSpec, origin: string): Record<string, string> {
  const allowed = originHeader(cors, origin)
  if (!allowed) return {}
  return {
    ...allowed,
    ...listed('access-control-allow-methods', cors.methods),
    ...listed('access-control-allow-headers', cors.requestHeaders),
    ...(cors.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  }
}

function withHeaders(answer: HttpResponse, more: Record<string, string>): HttpResponse {
  const own = Object.entries(answer.headers).filter(([name]) => !CORS_HEADER.test(name))
  const { vary, ...others } = more
  const headers: HttpResponse['headers'] = { ...Object.fromEntries(own), ...others }
  if (vary !== undefined) headers.vary = [headers.vary ?? [], vary].flat().join(', ')
  return { ...answer, headers }
}

/**
 * CORS as an HTTP API does it: preflights never reach a route, other answers get the configured headers, and what a function
 * says of CORS itself is dropped. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 * Without a configuration everything goes to the routes, untouched.
 */
export function crossOrigin(cors: CorsSpec | undefined): CrossOrigin {
  if (!cors) return { preflight: () => undefined, shared: (_message, answer) => answer }
  return {
    preflight: ({ method, headers }) => {
      // https://fetch.spec.whatwg.org/#cors-preflight-request
      if (method !== 'OPTIONS' || headers.origin === undefined || headers['access-control-request-method'] === undefined) return undefined
      return { status: 204, headers: preflightHeaders(cors, headers.origin), body: Buffer.alloc(0) }
    },
    shared: ({ headers: { origin } }, answer) => {
      const allowed = origin === undefined ? undefined : originHeader(cors, origin)
      return withHeaders(answer, allowed ? { ...allowed, ...listed('access-control-expose-headers', cors.answerHeaders) } : {})
    },
  }
}
