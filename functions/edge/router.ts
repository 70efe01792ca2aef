import { AppError } from '../../shared/contract/errors.ts'
import { route } from '../../shared/contract/route.ts'
import { empty } from './answer.ts'
import type { Operation } from './operation.ts'

export interface Match {
  operation: Operation
  params: Record<string, string>
}

/** The segments in braces, or undefined when the path is another. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, segment] of wanted.entries()) {
    const value = given[i] ?? ''
    if (segment.startsWith('{') && value !== '') params[segment.slice(1, -1)] = value
    else if (segment !== value) return undefined
  }
  return params
}

const LONGEST_ECHO = 200
const clipped = (text: string): string => (text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}...` : text)

/** RFC 9110, 9.1: HEAD wherever there is GET, and OPTIONS everywhere. */
function allowOf(matches: Match[]): string {
  const methods = matches.flatMap(({ operation: { route } }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
  return [...new Set(['OPTIONS', ...methods])].sort().join(', ')
}

/** What a path takes; anybody may ask, as the description tells anybody. CORS is the gateway's: this answers no preflight. */
const options = (path: string, allow: string): Match => ({
  operation: {
    route: route({
      operationId: 'options',
      tag: 'Service',
      summary: 'Ask what a path takes',
      method: 'GET',
      path,
      scope: 'public',
      status: 204,
    }),
    run: async () => ({ ...empty(204), headers: { allow } }),
  },
  params: {},
})

/**
 * One thing has one address, so that caches, logs and idempotency mean the same by it: a path that is nearly right is not
 * taken for another, nor redirected (that would lose the body of a POST), but its sender is told which one is meant.
 */
function routeNotFound(path: string, exists: (path: string) => boolean): AppError {
  const likely = path
    .replaceAll(/\/{2,}/g, '/')
    .replace(/(.)\/$/, '$1')
    .toLowerCase()
  const hint = likely !== path && exists(likely) ? `; there is ${clipped(likely)}` : ': GET /openapi.json lists those there are'
  return new AppError('route_not_found', `There is no path ${clipped(path)}${hint}`)
}

/**
 * Finds the operation for a method and path. HEAD goes where GET goes.
 * @throws route_not_found, method_not_allowed
 */
export function router(operations: readonly Operation[]): (method: string, path: string) => Match {
  const matchesOf = (path: string): Match[] =>
    operations.flatMap((operation): Match[] => {
      const params = matchPath(operation.route.path, path)
      return params ? [{ operation, params }] : []
    })
  return (method, path) => {
    const matches = matchesOf(path)
    if (matches.length === 0) throw routeNotFound(path, (likely) => matchesOf(likely).length > 0)
    const allow = allowOf(matches)
    if (method === 'OPTIONS') return options(path, allow)
    const wanted = method === 'HEAD' ? 'GET' : method
    const match = matches.find(({ operation }) => operation.route.method === wanted)
    if (match) return match
    throw new AppError('method_not_allowed', `${clipped(path)} takes ${allow}, not ${clipped(method)}`, { headers: { allow } })
  }
}
