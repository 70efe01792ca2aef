import type { Clock } from './clock.ts'
import { recent } from './recent.ts'
import type { Secrets } from './secrets.ts'

const MOST = 500
/** A value that was changed elsewhere is seen after this long at the latest. */
const FRESH_MS = 300_000

/**
 * Secrets as they are or were a moment ago. SSM answers 40 reads a second to all of an account, and the hosts, which cannot wait, ask
 * it with every node that they start (https://docs.aws.amazon.com/general/latest/gr/ssm.html).
 */
export function rememberedSecrets(secrets: Secrets, clock: Pick<Clock, 'now'>): Secrets {
  const known = recent<string, { value: string; at: number }>(MOST)
  return {
    ...secrets,
    get: async (name) => {
      const held = known.get(name)
      if (held && clock.now() < held.at + FRESH_MS) return held.value
      const at = clock.now()
      const value = await secrets.get(name)
      if (value !== undefined) known.set(name, { value, at })
      return value
    },
    put: async (name, value) => {
      known.delete(name)
      await secrets.put(name, value)
    },
    delete: async (name) => {
      known.delete(name)
      await secrets.delete(name)
    },
  }
}
