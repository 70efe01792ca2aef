import type { Coding } from './coding.ts'

/** A strong tag names bytes, and the same body in another coding is other bytes (RFC 9110, 8.8.3.3). */
export const codedTag = (etag: string, coding: Coding): string => etag.replace(/"$/, `-${coding}"`)

/** The tag of what was coded: whoever read a body in any coding has seen the same state. */
const plainTag = (tag: string): string => tag.replace(/-(gzip|deflate)"$/, '"')

const tagsIn = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"/g) ?? []

/** If-None-Match, which compares weakly (RFC 9110, 13.1.2). */
export const isUnchanged = (header: string | undefined, etag: string | undefined): boolean =>
  header !== undefined &&
  etag !== undefined &&
  (header.trim() === '*' || tagsIn(header).some((tag) => plainTag(tag.replace(/^W\//, '')) === plainTag(etag)))

/**
 * If-Match, which compares strongly (RFC 9110, 13.1.1): a weak tag matches nothing. Without the header anything matches.
 * @param etag of the resource as it is now
 */
export const isMatched = (header: string | undefined, etag: string): boolean =>
  header === undefined || header.trim() === '*' || tagsIn(header).some((tag) => plainTag(tag) === plainTag(etag))
