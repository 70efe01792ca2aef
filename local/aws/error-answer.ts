import { randomUUID } from 'node:crypto'
import { AwsError, type AwsResponse } from './service.ts'
import { xmlDocument } from './xml.ts'

/** What AWS says when it is to blame itself; the SDK tries again, as it does there. */
export const internalFailure = (): AwsError => new AwsError('InternalFailure', 'The local cloud failed; its log says why.', 500)

/** Services whose GETs carry no content type to tell their protocol by. */
const REST_XML = new Set(['route53', 's3', 'cloudfront'])
/** EC2 wraps its errors in a way of its own. */
const ec2Error = (error: AwsError, RequestID: string): string =>
  xmlDocument('Response', undefined, { Errors: { Error: { Code: error.code, Message: error.message } }, RequestID })
const speaksXml = (headers: Record<string, string>, service: string): boolean =>
  REST_XML.has(service) || /xml|x-www-form-urlencoded/.test(headers['content-type'] ?? '')

/**
 * An error of the endpoint itself, before any service could answer. Its form follows the request's: XML for the query and
 * REST-XML protocols, else JSON with the name in a header as well, which both JSON protocols read.
 */
export function errorAnswer(error: AwsError, headers: Record<string, string>, service = ''): AwsResponse {
  const requestId = randomUUID()
  if (speaksXml(headers, service)) {
    const fault = { Type: 'Sender', Code: error.code, Message: error.message }
    const body =
      service === 'ec2' ? ec2Error(error, requestId) : xmlDocument('ErrorResponse', undefined, { Error: fault, RequestId: requestId })
    return { status: error.status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body }
  }
  return {
    status: error.status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.code },
    body: JSON.stringify({ __type: error.code, message: error.message, ...error.detail }),
  }
}
