import type { Clock } from './clock.ts'
import { stsUrl } from './env.ts'
import { askService, type SigningClient } from './signed-request.ts'
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

async function ask(client: SigningClient, roleArn: string, tenant: TenantId, timeoutMs: number): Promise<Session> {
  const { status, text } = await askService(client, {
    service: 'sts',
    urlOf: stsUrl,
    path: '/',
    contentType: 'application/x-www-form-urlencoded',
    body: form(roleArn, tenant),
    timeoutMs,
  })
  if (status !== 200) throw new AssumeRoleError(/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? 'unknown', status, roleArn)
  return session(text)
}

/** Refused for what was asked: it would be refused again. */
const final = (error: unknown): boolean => error instanceof AssumeRoleError && !error.retryable

/**
 * Assumes a role for one tenant: the session is tagged with it.
 * @throws AssumeRoleError when STS refuses, or whatever the last of three attempts failed with
 */
export const roleAssumer =
  ({ client, clock, timeoutMs = TIMEOUT_MS }: { client: SigningClient; clock: Pick<Clock, 'sleep'>; timeoutMs?: number }): AssumeRole =>
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
