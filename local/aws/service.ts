/** One AWS service as the local cloud offers it; `endpoint.ts` finds it by the service in the SigV4 credential scope. */
export interface AwsService {
  /** As it stands in the Authorization header's scope: `ecs`, `states`, `ssm`, `ec2`, `route53`, `sqs`, `lambda`, `dynamodb`. */
  readonly signingName: string
  handle(request: AwsRequest): Promise<AwsResponse>
}

export interface AwsRequest {
  method: string
  /** Path without the query. */
  path: string
  query: URLSearchParams
  /** Lower-case names. */
  headers: Record<string, string>
  body: Buffer
  /** The body parsed, once. @throws AwsError when it is not JSON */
  json(): unknown
  /** The access key id that signed: a function's name, that of a temporary session, or `operator`. */
  caller: string
}

export interface AwsResponse {
  status: number
  headers: Record<string, string>
  body: string | Buffer
}

/** An error as AWS services answer it; `code` is what the SDK shows as the exception's name. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  /** What the service says beside the message. */
  readonly detail: Record<string, string>
  constructor(code: string, message: string, status = 400, detail: Record<string, string> = {}) {
    super(message)
    this.name = code
    this.code = code
    this.status = status
    this.detail = detail
  }
}
