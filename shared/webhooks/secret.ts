import { createHmac, randomBytes } from 'node:crypto'
import type { Secrets } from '../platform/secrets.ts'

export interface WebhookSecrets {
  /** The secret of a webhook that is being made; the first one of a cell makes the cell's master key. */
  issue(webhookId: string, version: number): Promise<string>
  /** The secret of a webhook that exists. A missing master key is an error: another would sign what nobody can verify. */
  read(webhookId: string, version: number): Promise<string>
}

const derive = (master: string, webhookId: string, version: number): string =>
  `whsec_${createHmac('sha256', Buffer.from(master, 'base64')).update(`${webhookId}.${version}`).digest('base64')}`

/** Secrets are derived from one master key, which is read once per process: none of them is stored. */
export function webhookSecrets(deps: { secrets: Secrets; cell: string; random?: (bytes: number) => Buffer }): WebhookSecrets {
  const name = `/${deps.cell}/webhook-master`
  const random = deps.random ?? randomBytes
  let known: string | undefined

  async function existing(): Promise<string> {
    const value = await deps.secrets.get(name)
    if (value === undefined) throw new Error(`the master key ${name} is gone: webhooks cannot be signed`)
    return value
  }
  return {
    issue: async (webhookId, version) => {
      known ??= await deps.secrets.createIfAbsent(name, () => random(32).toString('base64'))
      return derive(known, webhookId, version)
    },
    read: async (webhookId, version) => {
      known ??= await existing()
      return derive(known, webhookId, version)
    },
  }
}
