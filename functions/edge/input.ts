import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type * as z from 'zod'
import { AppError, type ErrorCode, type FieldError, refusal } from '../../shared/contract/errors.ts'
import { fieldErrors, sentence } from './issues.ts'
import { jsonErrors } from './json.ts'

export const MAX_BODY_BYTES = 256 * 1024

/** Parses one part of a request; throws with everything that is wrong in it. */
export function parsePart<S extends z.ZodType>(
  schema: S,
  part: FieldError['in'],
  input: unknown,
  refusals: Readonly<Record<string, ErrorCode>> = {},
): z.output<S> {
  const parsed = schema.safeParse(input, { error: sentence })
  if (parsed.success) return parsed.data
  throw refusal(fieldErrors(part, input, parsed.error.issues, refusals))
}

function bytesOf(event: APIGatewayProxyEventV2): Buffer {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > MAX_BODY_BYTES) {
    throw new AppError('body_too_large', `The body has ${bytes.length} bytes; at most ${MAX_BODY_BYTES} are taken`)
  }
  return bytes
}

/** The parser's own message says where. */
const notJson = (cause: unknown): string =>
  Error.isError(cause) && cause.name === 'SyntaxError' ? `The body is not JSON: ${cause.message}` : 'The body is not UTF-8'

function parseJson(bytes: Buffer): unknown {
  try {
    // Fatal: what is not UTF-8 is not JSON (RFC 8259, 8.1).
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new AppError('invalid_json', bytes.length === 0 ? 'The request needs a JSON body' : notJson(cause), { cause })
  }
}

/** The body as JSON that can be kept, not yet checked against any schema. */
export function readJson(event: APIGatewayProxyEventV2, types: readonly string[] = ['application/json']): unknown {
  const bytes = bytesOf(event)
  const coding = event.headers['content-encoding']?.trim().toLowerCase() || 'identity'
  if (coding !== 'identity') {
    // RFC 9110, 15.5.16: the refusal says which codings would be taken.
    const headers = { 'accept-encoding': 'identity' }
    throw new AppError('unsupported_media_type', `The body is compressed (${coding}); send it as it is`, { headers })
  }
  const type = event.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (bytes.length > 0 && !types.some((taken) => taken === type)) {
    throw new AppError('unsupported_media_type', `The body is ${type ?? 'of no stated type'}; send Content-Type: ${types.join(' or ')}`)
  }
  const body = parseJson(bytes)
  const errors = jsonErrors(body)
  if (errors.length > 0) throw refusal(errors)
  return body
}
