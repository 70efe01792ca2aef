import { AppError } from '../../shared/contract/errors.ts'
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

const methodsOf = (matches: Match[]): string[] =>
  [...new Set(matches.flatMap(({ operation: { route } }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])))].sort()

/**
 * Finds the operation for a method and path. HEAD goes where GET goes.
 * @throws route_not_found, method_not_allowed
 */
export const router =
  (operations: readonly Operation[]) =>
  (method: string, path: string): Match => {
    const matches = operations.flatMap((operation): Match[] => {
      const params = matchPath(operation.route.path, path)
      return params ? [{ operation, params }] : []
    })
    if (matches.length === 0) throw new AppError('route_not_found', `There is no path ${path}: GET /openapi.json lists those there are`)
    const wanted = method === 'HEAD' ? 'GET' : method
    const match = matches.find(({ operation }) => operation.route.method === wanted)
    if (match) return match
    const allow = methodsOf(matches).join(', ')
    throw new AppError('method_not_allowed', `${path} takes ${allow}, not ${method}`, { headers: { allow } })
  }
