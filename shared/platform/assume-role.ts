import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Clock } from './clock.ts'
import { stsUrl } from './env.ts'
import { TENANT_TAG, type TenantId } from './table.ts'

/** Credentials of a role, as the SDK's clients take them. */
export interface Session {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  expiration: Date
}
export type AssumeRole = (roleArn: string, tenant: TenantId) => Promise<Session>

export class AssumeRoleError extends Error {
  readonly code: string
  readonly status: number
  /** The same may go through a moment later. */
  readonly retryable: boolean
  constructor(code: string, status: number, roleArn: string) {
    super(`STS refuses to let this function assume ${roleArn}: ${code} (${status})`)
    this.name = 'AssumeRoleError'
    this.code = code
    this.status = status
    this.retryable = status >= 500 || /Throttl/.test(code)
  }
}

/** A role that assumes another gets an hour at most: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const SECONDS = 3600
const ATTEMPTS = 3
const TIMEOUT_MS = 3_000

const form = (roleArn: string, tenant: TenantId): string =>
  new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: tenant,
    DurationSeconds: String(SECONDS),
    'Tags.member.1.Key': TENANT_TAG,
    'Tags.member.1.Value': tenant,
  }).toString()

/** None of the elements that are read holds another, or an entity. */
function element(xml: string, name: string): string {
  const [, text] = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml) ?? []
  if (text === undefined) throw new Error(`STS answers without ${name}`)
  return text
}

const session = (xml: string): Session => ({
  accessKeyId: element(xml, 'AccessKeyId'),
  secretAccessKey: element(xml, 'SecretAccessKey'),
  sessionToken: element(xml, 'SessionToken'),
  expiration: new Date(element(xml, 'Expiration')),
})

async function ask({ config }: DynamoDBClient, roleArn: string, tenant: TenantId, timeoutMs: number): Promise<Session> {
  const region = await config.region()
  const { protocol, hostname, port, host } = stsUrl(region)
  const signer = await config.signer()
  const unsigned = {
    ...{ method: 'POST', protocol, hostname, path: '/', query: {}, ...(port ? { port: Number(port) } : {}) },
    headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
    body: form(roleArn, tenant),
  }
  const signed = await signer.sign(unsigned, { signingService: 'sts', signingRegion: region })
  // The handler's own `requestTimeout` ends nothing, it only warns.
  const abortSignal = AbortSignal.timeout(timeoutMs)
  const { response } = await config.requestHandler.handle({ ...unsigned, ...signed }, { abortSignal })
  const xml = Buffer.from(await config.streamCollector(response.body)).toString('utf8')
  if (response.statusCode !== 200)
    throw new AssumeRoleError(/<Code>(\w+)<\/Code>/.exec(xml)?.[1] ?? 'unknown', response.statusCode, roleArn)
  return session(xml)
}

/** Refused for what was asked: it would be refused again. */
const final = (error: unknown): boolean => error instanceof AssumeRoleError && !error.retryable

/**
 * Assumes a role for one tenant: the session is tagged with it. Speaks to STS with the connections, credentials and signer
 * of a client that is there anyway: a client of STS's own would be 38 kB of every bundle, for one request.
 * @throws AssumeRoleError when STS refuses, or whatever the last of three attempts failed with
 */
export const roleAssumer =
  ({ client, clock, timeoutMs = TIMEOUT_MS }: { client: DynamoDBClient; clock: Pick<Clock, 'sleep'>; timeoutMs?: number }): AssumeRole =>
  async (roleArn, tenant) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask(client, roleArn, tenant, timeoutMs)
      } catch (error) {
        if (final(error) || attempt === ATTEMPTS) throw error
      }
      await clock.sleep(Math.random() * 100 * 2 ** attempt)
    }
  }
