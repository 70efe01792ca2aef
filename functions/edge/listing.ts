import { createHash } from 'node:crypto'
import { AppError } from '../../shared/contract/errors.ts'
import { DEFAULT_LIMIT } from '../../shared/contract/pagination.ts'
import type { PageOf, PageRequest } from '../../shared/platform/listing.ts'
import { type Answer, json } from './answer.ts'

interface ListRequest {
  tenant: string
  path: string
  query: { limit?: number | undefined; cursor?: string | undefined; [filter: string]: unknown }
}

const CHECK_LENGTH = 8
/** Almost every position is an id or a padded number; a longer sort key than 1,024 bytes would be an error of DynamoDB's. */
const POSITION = /^[0-9a-z_]{1,64}$/

/** A cursor is good for one tenant, list and filter: the check tells a mistake, positions lead nowhere else anyway. */
function check({ tenant, path, query: { limit: _limit, cursor: _cursor, ...filters } }: ListRequest, position: string): string {
  return createHash('sha256')
    .update(JSON.stringify([tenant, path, filters, position]))
    .digest('base64url')
    .slice(0, CHECK_LENGTH)
}

const cursorOf = (request: ListRequest, position: string): string => Buffer.from(check(request, position) + position).toString('base64url')

function positionOf(request: ListRequest, cursor: string, form: RegExp): string {
  const position = Buffer.from(cursor, 'base64url').toString('utf8').slice(CHECK_LENGTH)
  // To the letter: Base64 can be written in several ways, and a lenient reader takes them all.
  if (!form.test(position) || cursor !== cursorOf(request, position)) {
    const detail = 'cursor is not one that this list gave; begin again without'
    throw new AppError('invalid_cursor', detail, { errors: [{ in: 'query', pointer: '/cursor', code: 'invalid_cursor', detail }] })
  }
  return position
}

/**
 * UTF-16 units of a page. Lambda refuses an answer of 6 MB, in which each quote of this text is written as two characters,
 * and a character of Unicode takes up to three bytes a unit.
 */
const LONGEST_PAGE = 2_000_000

/**
 * Answers one page of a list: half as many items as were asked for, and half of that, until they fit an answer.
 * @param form of the list's positions, where they are others
 */
export async function listed<T>(
  request: ListRequest,
  read: (page: PageRequest) => Promise<PageOf<T>>,
  form: RegExp = POSITION,
): Promise<Answer> {
  const { limit: most = DEFAULT_LIMIT, cursor } = request.query
  const after = cursor === undefined ? {} : { after: positionOf(request, cursor, form) }
  for (let limit = most; ; limit = Math.ceil(limit / 2)) {
    const { items, next } = await read({ limit, ...after })
    const answer = json(200, { items, ...(next === undefined ? {} : { next_cursor: cursorOf(request, next) }) })
    if (answer.body.length <= LONGEST_PAGE || limit === 1) return answer
  }
}
