import { AppError } from '../../shared/contract/errors.ts'
import { etagOf } from './answer.ts'
import { isMatched } from './etags.ts'

/**
 * RFC 9110, 8.8.3 and 13.1.1: `*`, or a list of tags, in which elements may be empty (5.6.1). There is one way to read a header:
 * where a blank could belong to either of two commas, the time to refuse it would double with each.
 */
const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const FORM = new RegExp(`^(?:\\*|[ \\t,]*${TAG}(?:[ \\t]*,[ \\t,]*${TAG})*[ \\t,]*)$`)

/** @throws invalid_header */
export function assertTags(header: string | undefined): void {
  if (header === undefined || FORM.test(header.trim())) return
  const detail = 'If-Match takes * or ETags in their quotes, by commas: send the ETag as a GET without expand gave it'
  throw new AppError('invalid_header', detail, { errors: [{ in: 'header', pointer: '/if-match', code: 'invalid_header', detail }] })
}

/**
 * What a change expects of the resource as its GET shows it.
 * @returns undefined where it expects nothing
 * @throws invalid_header
 */
export function expectationOf(header: string | undefined): ((shown: object) => boolean) | undefined {
  assertTags(header)
  return header === undefined ? undefined : (shown) => isMatched(header, etagOf(JSON.stringify(shown)))
}
