import { Impossible } from './impossible.ts'

/** As it is shown: the last part of an ARN. */
export const shortId = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

/**
 * The one thing that is meant: by its ARN, its id, or enough of the beginning of its id.
 * @throws Impossible with all there are
 */
export function oneOf<T extends { arn: string }>(what: string, given: string, all: T[]): T {
  const exact = all.filter(({ arn }) => arn === given || shortId(arn) === given)
  const found = exact.length > 0 ? exact : all.filter(({ arn }) => shortId(arn).startsWith(given))
  if (found.length === 1 && found[0]) return found[0]
  const why = found.length === 0 ? `there is no ${what} ${given}` : `${found.length} ${what}s begin with ${given}`
  throw new Impossible(404, why, { [`${what}s`]: all.map(({ arn }) => shortId(arn)) })
}
