/** A route that a request goes to, and what its path variables stand for. */
export interface RouteMatch<R> {
  route: R
  pathParameters: Record<string, string>
}

interface Compiled<R> {
  route: R
  method: string
  /** `undefined` of `$default`, which takes whatever no other route does. */
  segments: string[] | undefined
}

const KEY = /^([A-Z]+) \/(.*)$/
const GREEDY = /^\{([^}+]+)\+\}$/
const VARIABLE = /^\{([^}+]+)\}$/

function compile<R extends { key: string }>(route: R): Compiled<R> {
  if (route.key === '$default') return { route, method: 'ANY', segments: undefined }
  const [, method, path] = KEY.exec(route.key) ?? []
  if (method === undefined || path === undefined) throw new Error(`${route.key} is not a route key such as GET /v1/things/{id}`)
  return { route, method, segments: path.split('/') }
}

function variables(pattern: string[], path: string[]): Record<string, string> | undefined {
  const found: Record<string, string> = {}
  for (const [index, segment] of pattern.entries()) {
    const rest = path.slice(index)
    const greedy = GREEDY.exec(segment)?.[1]
    // A greedy variable stands for one segment at least: `/{proxy+}` does not take `/`.
    if (greedy !== undefined) return rest.join('/') === '' ? undefined : { ...found, [greedy]: rest.join('/') }
    const [value] = rest
    const name = VARIABLE.exec(segment)?.[1]
    if (name !== undefined && value) found[name] = value
    else if (value !== segment) return undefined
  }
  return pattern.length === path.length ? found : undefined
}

/** Literal segments before variables, those before greedy ones, `$default` last; within a path, its own method before ANY. */
function rank<R>({ segments, method }: Compiled<R>): string {
  const kinds = segments?.map((segment) => (GREEDY.test(segment) ? '2' : VARIABLE.test(segment) ? '1' : '0')) ?? ['3']
  return `${kinds.join('')}${method === 'ANY' ? 'b' : 'a'}`
}

/**
 * Chooses among routes as an HTTP API does:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
 */
export function routeMatcher<R extends { key: string }>(routes: R[]): (method: string, path: string) => RouteMatch<R> | undefined {
  const compiled = routes.map(compile).sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  return (method, path) => {
    const segments = path.slice(1).split('/')
    for (const candidate of compiled) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue
      const pathParameters = candidate.segments ? variables(candidate.segments, segments) : {}
      if (pathParameters) return { route: candidate.route, pathParameters }
    }
    return undefined
  }
}
