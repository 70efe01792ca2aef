import { randomBytes } from 'node:crypto'
import type { Context } from './evaluate.ts'

/** Whoever signs calls as a role. */
export interface Principal {
  /** The role's arn. */
  role: string
  /** `arn:aws:sts::...:assumed-role/<role>/<session>`, as denials name it. */
  name: string
  /** What a condition may ask about it. */
  context: Context
}

/** Temporary credentials. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}
interface Session extends Credentials {
  principal: Principal
}

/** Expired ones are remembered for so long, to be refused for what they are. */
const REMEMBERED_MS = 3_600_000

/** The temporary credentials that are out. */
export function sessions(now: () => number) {
  const issued = new Map<string, Session>()
  function forgetOld(): void {
    for (const [id, { expiresAt }] of issued) if (expiresAt + REMEMBERED_MS < now()) issued.delete(id)
  }
  return {
    issue: (principal: Principal, seconds: number): Credentials => {
      forgetOld()
      const credentials = {
        accessKeyId: `ASIA${randomBytes(10).toString('hex').toUpperCase().slice(0, 16)}`,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: randomBytes(48).toString('base64'),
        expiresAt: now() + seconds * 1000,
      }
      issued.set(credentials.accessKeyId, { ...credentials, principal })
      return credentials
    },
    /** `unknown` for a key that was never given, or comes without its token. */
    find: (accessKeyId: string, sessionToken: string | undefined): Principal | 'unknown' | 'expired' => {
      const session = issued.get(accessKeyId)
      if (!session || session.sessionToken !== sessionToken) return 'unknown'
      return session.expiresAt > now() ? session.principal : 'expired'
    },
  }
}
export type Sessions = ReturnType<typeof sessions>
