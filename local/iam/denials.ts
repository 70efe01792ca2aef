import { AwsError } from '../aws/service.ts'

type Kind = 'denied' | 'expired' | 'unknown'

/** The services of the XML protocols have names of their own; all others share theirs. */
const XML: Record<Kind, [code: string, status: number]> = {
  denied: ['AccessDenied', 403],
  expired: ['ExpiredToken', 403],
  unknown: ['InvalidClientTokenId', 403],
}
const JSON_PROTOCOLS: Record<Kind, [code: string, status: number]> = {
  denied: ['AccessDeniedException', 400],
  expired: ['ExpiredTokenException', 400],
  unknown: ['UnrecognizedClientException', 400],
}
const BY_SERVICE: Record<string, Record<Kind, [code: string, status: number]>> = {
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  ec2: { denied: ['UnauthorizedOperation', 403], expired: ['RequestExpired', 400], unknown: ['AuthFailure', 401] },
  lambda: { ...JSON_PROTOCOLS, denied: ['AccessDeniedException', 403], expired: ['ExpiredTokenException', 403] },
  route53: XML,
  sts: XML,
}

function refusal(service: string, kind: Kind, message: string): AwsError {
  const [code, status] = (BY_SERVICE[service] ?? JSON_PROTOCOLS)[kind]
  return new AwsError(code, message, status)
}

export const expired = (service: string): AwsError => refusal(service, 'expired', 'The security token included in the request is expired')
export const unknownCaller = (service: string): AwsError =>
  refusal(service, 'unknown', 'The security token included in the request is invalid.')

/** In the words of AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export const denied = (service: string, caller: string, wanted: { action: string; resource: string }, why: string): AwsError =>
  refusal(service, 'denied', `User: ${caller} is not authorized to perform: ${wanted.action} on resource: ${wanted.resource} ${why}`)
