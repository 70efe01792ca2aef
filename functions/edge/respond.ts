import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Answer } from './answer.ts'
import { type Coding, codingFor, encoded, worthCoding } from './coding.ts'
import { codedTag, isUnchanged } from './etags.ts'

type Headers = Record<string, string>

/**
 * What may not be kept holds a secret, and a secret is not compressed: its length would tell of it (https://breachattack.com).
 */
const mayBeCoded = ({ headers, body }: Answer): boolean => worthCoding(body) && headers['cache-control'] !== 'no-store'

/** An ETag is of the body it comes with only in the answer to a read; that of a change names what is at `Location`. */
function headersOf(answer: Answer, coding: Coding | undefined, reading: boolean): Headers {
  const { etag } = answer.headers
  return {
    'cache-control': reading && etag !== undefined ? 'private, no-cache' : 'no-store',
    ...answer.headers,
    ...(reading && etag !== undefined && coding ? { etag: codedTag(etag, coding) } : {}),
    ...(mayBeCoded(answer) ? { vary: 'accept-encoding' } : {}),
  }
}

function bodyOf(body: string, coding: Coding | undefined): Pick<APIGatewayProxyStructuredResultV2, 'body' | 'isBase64Encoded'> {
  return coding ? { body: encoded(body, coding).toString('base64'), isBase64Encoded: true } : { body }
}

/** HEAD has the headers of GET, the body's length among them, and not the body (RFC 9110, 9.3.2). */
const lengthOf = (body: string, coding: Coding | undefined): string =>
  String(coding ? encoded(body, coding).length : Buffer.byteLength(body))

/** An answer as API Gateway takes it, with what every answer has. */
export function respond(
  answer: Answer,
  method: string,
  asked: Record<string, string | undefined>,
  requestId: string,
): APIGatewayProxyStructuredResultV2 {
  const reading = method === 'GET' || method === 'HEAD'
  const coding = mayBeCoded(answer) ? codingFor(asked['accept-encoding']) : undefined
  const headers: Headers = { ...headersOf(answer, coding, reading), 'x-request-id': requestId }
  if (reading && answer.status === 200 && isUnchanged(asked['if-none-match'], answer.headers.etag)) {
    const { 'content-type': _type, ...kept } = headers
    return { statusCode: 304, headers: kept, body: '' }
  }
  if (coding) headers['content-encoding'] = coding
  if (method !== 'HEAD') return { statusCode: answer.status, headers, ...bodyOf(answer.body, coding) }
  return { statusCode: answer.status, headers: { ...headers, 'content-length': lengthOf(answer.body, coding) }, body: '' }
}
