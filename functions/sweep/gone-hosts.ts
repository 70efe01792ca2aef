import type { GoneHosts } from '../../shared/platform/gone-hosts.ts'
import type { SilentHost } from '../../shared/platform/hosts.ts'
import type { Log } from '../../shared/platform/log.ts'
import { sideBySide } from '../../shared/platform/side-by-side.ts'

/** ECS counts these together with the starts and stops of tasks. */
const AT_ONCE = 5

/** Takes hosts off ECS' books that died without a word, so that rings get other nodes in place of theirs. Fails nobody. */
export async function forgetGone(deps: { goneHosts: GoneHosts; log: Log }, silent: SilentHost[], now: number): Promise<void> {
  const { goneHosts, log } = deps
  try {
    const gone = await goneHosts.among(silent, now)
    await sideBySide(
      gone,
      async ({ arn: host, instance }) => {
        if (await goneHosts.deregister(host)) log.info('a host that is gone is taken off the books', { host, instance })
        else log.warn('a host that is gone was off the books already', { host, instance })
      },
      AT_ONCE,
    )
  } catch (error) {
    log.error('hosts that are gone could not be told, or not be taken off the books', error)
  }
}
