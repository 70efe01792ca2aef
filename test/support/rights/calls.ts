import type { AwsRequest } from '../../../local/aws/service.ts'
import { parseQueryForm } from '../../../local/ec2/query-form.ts'

/** One call as the endpoint saw it. */
export interface Call {
  /** The function that signed. */
  caller: string
  service: string
  operation: string
  input: unknown
}

const inTarget = (request: AwsRequest): string => (request.headers['x-amz-target'] ?? '').split('.')[1] ?? ''
const json = (request: AwsRequest): unknown => (request.body.length > 0 ? JSON.parse(request.body.toString('utf8')) : {})

/** The REST protocols have no name for the operation: method and path are it. */
const REST: { service: string; method: string; path: RegExp; operation: string }[] = [
  { service: 'lambda', method: 'POST', path: /^\/2015-03-31\/functions\/(?<id>[^/]+)\/invocations$/, operation: 'Invoke' },
  { service: 'route53', method: 'POST', path: /^\/2013-04-01\/hostedzone\/(?<id>[^/]+)\/rrset\/?$/, operation: 'ChangeResourceRecordSets' },
  { service: 'route53', method: 'GET', path: /^\/2013-04-01\/hostedzone\/(?<id>[^/]+)\/rrset\/?$/, operation: 'ListResourceRecordSets' },
]

/** @throws for a call whose protocol it does not know */
export function callOf(service: string, request: AwsRequest): Call {
  const { caller } = request
  if (service === 'ec2') {
    const { action, input } = parseQueryForm(request.body.toString('utf8'))
    return { caller, service, operation: action, input }
  }
  if (request.headers['x-amz-target']) return { caller, service, operation: inTarget(request), input: json(request) }
  for (const rest of REST) {
    const found = rest.service === service && rest.method === request.method ? rest.path.exec(request.path) : null
    if (found) return { caller, service, operation: rest.operation, input: { id: decodeURIComponent(found.groups?.id ?? '') } }
  }
  throw new Error(`${caller} made a call of an unknown kind: ${service} ${request.method} ${request.path}`)
}
