import { parseQueryForm } from '../aws/query-form.ts'
import type { AwsRequest } from '../aws/service.ts'

export interface Call {
  operation: string
  input: unknown
}

/** The REST protocols have no name for the operation: method and path are it. */
const REST: { service: string; method: string; path: RegExp; operation: string }[] = [
  { service: 'lambda', method: 'POST', path: /^\/2015-03-31\/functions\/(?<id>[^/]+)\/invocations$/, operation: 'Invoke' },
  { service: 'route53', method: 'POST', path: /^\/2013-04-01\/hostedzone\/(?<id>[^/]+)\/rrset\/?$/, operation: 'ChangeResourceRecordSets' },
  { service: 'route53', method: 'GET', path: /^\/2013-04-01\/hostedzone\/(?<id>[^/]+)\/rrset\/?$/, operation: 'ListResourceRecordSets' },
]

/** The services of the query protocol, whose operation is in the form. */
const QUERY = new Set(['ec2', 'sts'])

/** Which operation a request is, and with what; undefined for one of a kind that is not known. */
export function callOf(service: string, request: AwsRequest): Call | undefined {
  if (QUERY.has(service)) {
    const { action, input } = parseQueryForm(request.body.toString('utf8'))
    return { operation: action, input }
  }
  const rest = REST.filter((each) => each.service === service)
  if (rest.length === 0) {
    const target = request.headers['x-amz-target'] ?? ''
    return target.includes('.') ? { operation: target.slice(target.indexOf('.') + 1), input: request.json() } : undefined
  }
  for (const { method, path, operation } of rest) {
    const found = method === request.method ? path.exec(request.path) : null
    if (found) return { operation, input: { id: decodeURIComponent(found.groups?.id ?? '') } }
  }
  return undefined
}
