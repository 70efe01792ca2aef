import type { IncomingMessage } from 'node:http'

export interface EventContext {
  account: string
  apiId: string
  routeKey: string
  pathParameters: Record<string, string>
  requestId: string
  /** Epoch milliseconds. */
  now: number
}

/** Everything else is Base64 in the event: HTTP APIs know text by its content type alone. */
const TEXT = /^(text\/|application\/([\w.-]+\+)?(json|xml)\b|application\/javascript\b)/

/** An HTTP API hands the path over decoded, and cut at a decoded question mark: https://github.com/hotsock/voker/pull/8 */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path).split('?')[0] ?? path
  } catch {
    return path
  }
}

/** Lower-case names, several values joined by commas; cookies go into a field of their own. */
function headersOf(message: IncomingMessage): Record<string, string> {
  const { cookie: _cookies, ...others } = message.headersDistinct
  return Object.fromEntries(Object.entries(others).map(([name, values = []]) => [name, values.join(',')]))
}

function queryOf(query: string): Record<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    const before = found.get(name)
    found.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(found)
}

/** `22/Nov/2026:16:38:53 +0000`. */
function logTime(now: number): string {
  const [, day, month, year, time] = new Date(now).toUTCString().split(' ')
  return `${day}/${month}/${year}:${time} +0000`
}

function contextOf(message: IncomingMessage, path: string, context: EventContext): object {
  const host = message.headers.host ?? ''
  return {
    accountId: context.account,
    apiId: context.apiId,
    domainName: host,
    domainPrefix: host.split('.')[0],
    http: {
      method: message.method,
      path,
      protocol: `HTTP/${message.httpVersion}`,
      sourceIp: message.socket.remoteAddress,
      userAgent: message.headers['user-agent'] ?? '',
    },
    requestId: context.requestId,
    routeKey: context.routeKey,
    stage: '$default',
    time: logTime(context.now),
    timeEpoch: context.now,
  }
}

/**
 * A request as a function gets it, payload format 2.0:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function requestEvent(message: IncomingMessage, body: Buffer, context: EventContext): object {
  const [encodedPath = '/', ...rest] = (message.url ?? '/').split('?')
  const path = decodedPath(encodedPath)
  const query = rest.join('?')
  const cookies = message.headersDistinct.cookie?.flatMap((line) => line.split(/; */))
  const isText = TEXT.test(message.headers['content-type'] ?? 'text/plain')
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies ? { cookies } : {}),
    headers: headersOf(message),
    ...(query === '' ? {} : { queryStringParameters: queryOf(query) }),
    requestContext: contextOf(message, path, context),
    ...(Object.keys(context.pathParameters).length > 0 ? { pathParameters: context.pathParameters } : {}),
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  }
}
