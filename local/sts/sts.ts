import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { parseQueryForm } from '../aws/query-form.ts'
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from '../aws/service.ts'
import { type XmlElement, xmlDocument } from '../aws/xml.ts'
import { denied } from '../iam/denials.ts'
import type { Context } from '../iam/evaluate.ts'
import type { Iam } from '../iam/iam.ts'
import type { Principal } from '../iam/sessions.ts'

const VERSION = '2011-06-15'
const NAMESPACE = `https://sts.amazonaws.com/doc/${VERSION}/`
const MIN_SECONDS = 900
/** Of a session that a session asks for: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const MAX_CHAINED_SECONDS = 3600

// https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html
const Tag = z.strictObject({
  Key: z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u),
  Value: z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u),
})
/** Anything else that AssumeRole takes is refused by its name. */
const AssumeRole = z.strictObject({
  RoleArn: z.string().min(20).max(2048),
  RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/),
  DurationSeconds: z.coerce.number().int().min(MIN_SECONDS).max(43_200).default(3600),
  Tags: z
    .strictObject({ member: z.array(Tag).max(50) })
    .default({ member: [] })
    .transform(({ member }) => member),
})
type AssumeRole = z.infer<typeof AssumeRole>

const answer = (status: number, root: string, content: XmlElement): AwsResponse => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() },
  body: xmlDocument(root, NAMESPACE, content),
})

const invalid = (message: string): AwsError => new AwsError('ValidationError', message)

/** What the trust policy of a role may ask about. */
const contextOf = ({ RoleSessionName, Tags }: AssumeRole): Context => ({
  'sts:RoleSessionName': [RoleSessionName],
  ...(Tags.length > 0 ? { 'aws:TagKeys': Tags.map(({ Key }) => Key) } : {}),
  ...Object.fromEntries(Tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, [Value]])),
})

function checkDuration(seconds: number, chained: boolean, maxSessionSeconds: number): void {
  if (chained && seconds > MAX_CHAINED_SECONDS)
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining')
  if (seconds > maxSessionSeconds) throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
}

function assumeRole(iam: Iam, account: string, principal: Principal | undefined, input: AssumeRole): XmlElement {
  const { RoleArn, RoleSessionName, DurationSeconds, Tags } = input
  if (new Set(Tags.map(({ Key }) => Key.toLowerCase())).size < Tags.length)
    throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  const assumed = iam.assume(principal, RoleArn, contextOf(input))
  if ('denied' in assumed)
    throw denied('sts', principal?.name ?? `arn:aws:iam::${account}:root`, { action: assumed.denied, resource: RoleArn }, '')
  checkDuration(DurationSeconds, principal !== undefined, assumed.role.maxSessionSeconds)
  const Arn = `arn:aws:sts::${account}:assumed-role/${assumed.role.name}/${RoleSessionName}`
  const context = Object.fromEntries(Tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, [Value]]))
  const credentials = iam.sessions.issue({ role: RoleArn, name: Arn, context }, DurationSeconds)
  return {
    AssumedRoleUser: { AssumedRoleId: `AROALOCAL:${RoleSessionName}`, Arn },
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: new Date(credentials.expiresAt).toISOString(),
    },
  }
}

function dispatch(iam: Iam, account: string, request: AwsRequest): AwsResponse {
  const { action, version, input } = parseQueryForm(request.body.toString('utf8'))
  if (version !== VERSION) throw new AwsError('NoSuchVersion', `The local model has the API version ${VERSION}, not ${version}.`)
  if (action !== 'AssumeRole') throw new AwsError('InvalidAction', `sts has no local model of ${action || 'a call without Action'}`)
  const parsed = AssumeRole.safeParse(input)
  if (!parsed.success) throw invalid(`not in the local model: ${z.prettifyError(parsed.error)}`)
  const AssumeRoleResult = assumeRole(iam, account, iam.principalOf('sts', request), parsed.data)
  return answer(200, 'AssumeRoleResponse', { AssumeRoleResult, ResponseMetadata: { RequestId: randomUUID() } })
}

/** AssumeRole with session tags (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html), for the template's roles. */
export function createSts({ iam, account }: { iam: Iam; account: string }): { service: AwsService } {
  const handle: AwsService['handle'] = async (request) => {
    try {
      return dispatch(iam, account, request)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      const Fault = { Type: 'Sender', Code: error.code, Message: error.message.trim() }
      return answer(error.status, 'ErrorResponse', { Error: Fault, RequestId: randomUUID() })
    }
  }
  return { service: { signingName: 'sts', handle } }
}
