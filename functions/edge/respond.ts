import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Answer } from './answer.ts'

const weak = (tag: string): string => tag.trim().replace(/^W\//, '')

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
const unchanged = (header: string | undefined, etag: string | undefined): boolean =>
  header !== undefined && etag !== undefined && (header.trim() === '*' || header.split(',').map(weak).includes(weak(etag)))

/** An answer as API Gateway takes it, with what every answer has. */
export function respond(
  answer: Answer,
  method: string,
  asked: Record<string, string | undefined>,
  requestId: string,
): APIGatewayProxyStructuredResultV2 {
  const reading = method === 'GET' || method === 'HEAD'
  const headers: Record<string, string> = {
    'cache-control': reading && answer.headers.etag !== undefined ? 'private, no-cache' : 'no-store',
    ...answer.headers,
    'x-request-id': requestId,
  }
  if (reading && answer.status === 200 && unchanged(asked['if-none-match'], answer.headers.etag)) {
    const { 'content-type': _type, ...kept } = headers
    return { statusCode: 304, headers: kept, body: '' }
  }
  return { statusCode: answer.status, headers, body: method === 'HEAD' ? '' : answer.body }
}
