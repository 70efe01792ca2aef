import { randomUUID } from 'node:crypto'
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from '../aws/service.ts'
import type { Outcome } from './execution-environment.ts'

export interface Invoker {
  run(functionNameOrArn: string, event: string): Promise<Outcome>
  accept(functionNameOrArn: string, event: string): void
}

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/

function jsonText(body: Buffer): string {
  const text = body.length === 0 ? 'null' : body.toString('utf8')
  try {
    JSON.parse(text)
  } catch (cause) {
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${String(cause)}`)
  }
  return text
}

function refuse(request: AwsRequest): void {
  const { 'x-amz-log-type': logType = 'None', 'x-amz-client-context': clientContext } = request.headers
  if (logType !== 'None') throw new AwsError('InvalidParameterValueException', `lambda has no local model of LogType ${logType}`)
  if (clientContext) throw new AwsError('InvalidParameterValueException', 'lambda has no local model of ClientContext')
  const qualifier = request.query.get('Qualifier') ?? '$LATEST'
  if (qualifier !== '$LATEST')
    throw new AwsError('ResourceNotFoundException', `lambda has no local model of the qualifier ${qualifier}`, 404)
}

/** Lambda's Invoke (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html); its other operations fail with their names. */
export function invokeService({ run, accept }: Invoker): AwsService {
  async function handle(request: AwsRequest): Promise<AwsResponse> {
    const encoded = request.method === 'POST' ? PATH.exec(request.path)?.[1] : undefined
    if (encoded === undefined)
      throw new AwsError('UnknownOperationException', `lambda has no local model of ${request.method} ${request.path}`, 404)
    refuse(request)
    const name = decodeURIComponent(encoded)
    const event = jsonText(request.body)
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() }
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse'
    if (type === 'Event') {
      accept(name, event)
      return { status: 202, headers, body: '' }
    }
    if (type !== 'RequestResponse')
      throw new AwsError('InvalidParameterValueException', `lambda has no local model of InvocationType ${type}`)
    const outcome = await run(name, event)
    const failed = outcome.functionError ? { 'x-amz-function-error': outcome.functionError } : {}
    return { status: 200, headers: { ...headers, 'x-amz-executed-version': '$LATEST', ...failed }, body: outcome.payload }
  }
  return { signingName: 'lambda', handle }
}
