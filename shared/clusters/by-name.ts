import { AppError } from '../contract/errors.ts'
import type { PageOf, PageRequest } from '../platform/listing.ts'
import { folded } from './filter.ts'
import type { ClusterRecord } from './record.ts'

/** Bytes of a name that its place in the list tells: cursors are bounded. */
const LONGEST = 256

/** Code points of UTF-8 bytes sort as the code points themselves do. */
function keyOf(name: string): string {
  let key = ''
  for (const character of folded(name)) {
    if (Buffer.byteLength(key + character) > LONGEST) break
    key += character
  }
  return key
}

/** Where a cluster stands: no two stand at the same place. */
const placeOf = ({ name, id }: ClusterRecord): string => `${keyOf(name)}\n${id}`

const inBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** One page of clusters in the order of their names, the part of them that is there now. */
export function pageByName(clusters: ClusterRecord[], page: PageRequest, descending: boolean): PageOf<ClusterRecord> {
  const sign = descending ? -1 : 1
  const { after } = page
  const rest = clusters
    .map((cluster) => ({ cluster, place: placeOf(cluster) }))
    .filter(({ place }) => after === undefined || sign * inBytes(place, after) > 0)
    .sort((a, b) => sign * inBytes(a.place, b.place))
  const shown = rest.slice(0, page.limit)
  const last = shown.at(-1)?.place
  return { items: shown.map(({ cluster }) => cluster), ...(rest.length > shown.length && last !== undefined ? { next: last } : {}) }
}

/** By name there is no index: more clusters than that, those that were deleted of late among them, are not read for one page. */
export const MOST_BY_NAME = 2_000

export function tooMany(): AppError {
  const detail = `sort by name is for up to ${MOST_BY_NAME} clusters: narrow the list with created_after and created_before, or sort by created_at`
  return new AppError('out_of_range', detail, { errors: [{ in: 'query', pointer: '/sort', code: 'out_of_range', detail }] })
}
