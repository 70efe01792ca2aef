import * as z from 'zod'
import { AwsError } from '../aws/service.ts'

export const PageRequest = { maxResults: z.int().min(1).max(100).optional(), nextToken: z.string().optional() }

/**
 * One page of at most 100, in the order of the keys. The token is the last key shown, so that what comes or goes
 * meanwhile neither repeats nor hides the rest.
 */
export function page<T>(
  items: T[],
  keyOf: (item: T) => string,
  request: { maxResults?: number | undefined; nextToken?: string | undefined },
): { items: T[]; nextToken?: string } {
  const after = request.nextToken === undefined ? '' : Buffer.from(request.nextToken, 'base64url').toString()
  if (request.nextToken === '') throw new AwsError('InvalidParameterException', 'Invalid token.')
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const size = request.maxResults ?? 100
  const last = rest[size - 1]
  return {
    items: rest.slice(0, size).map(({ item }) => item),
    ...(last && rest.length > size ? { nextToken: Buffer.from(last.key).toString('base64url') } : {}),
  }
}

/** A number as a key that sorts as it does. */
export const sortable = (value: number): string => String(Math.trunc(value)).padStart(16, '0')
