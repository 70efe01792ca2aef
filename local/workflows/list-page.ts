import { AwsError } from '../aws/service.ts'
import type { ExecutionRecord } from './journal.ts'

/** Latest first, as ListExecutions gives them; the ARN settles what began at the same moment. */
const position = (record: ExecutionRecord): string => `${String(record.startedAt).padStart(16, '0')} ${record.arn}`
const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')

/** @throws AwsError InvalidToken */
function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8')
  if (!/^\d{16} arn:/.test(text)) throw new AwsError('InvalidToken', 'Invalid Token')
  return text
}

/** Up to `limit` records after the token's; the next token is there while more follow. */
export function listPage(
  records: ExecutionRecord[],
  limit: number,
  token: string | undefined,
): { records: ExecutionRecord[]; nextToken?: string } {
  const after = token === undefined ? undefined : decode(token)
  const sorted = records
    .map((record) => ({ record, at: position(record) }))
    .filter(({ at }) => after === undefined || at < after)
    .sort((a, b) => (a.at < b.at ? 1 : -1))
  const page = sorted.slice(0, limit)
  const last = page.at(-1)
  return { records: page.map(({ record }) => record), ...(last && sorted.length > limit && { nextToken: encode(last.at) }) }
}
