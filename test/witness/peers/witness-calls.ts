import type { Server } from '../server.ts'
import type { Witness } from '../witnessed.ts'
import { CALLS } from './calls.ts'
import { type Comparison, compare, type Difference } from './compare.ts'
import { ourWorld } from './ours.ts'
import { emulatorWorld } from './worlds.ts'

const line = ({ call, field, ours, moto, ministack }: Difference): string =>
  `${call}: ${field}: the model ${ours}, moto ${moto}, ministack ${ministack}`

/** @throws with what nobody has explained, and with explanations of what is no more */
function judge({ explained, unexplained }: Comparison): void {
  const stale = explained
    .filter(({ differences }) => differences.length === 0)
    .map(({ known }) => `${known.calls.join(', ')}: ${known.why}`)
  if (unexplained.length > 0) throw new Error(`both emulators answer otherwise:\n${unexplained.map(line).join('\n')}`)
  if (stale.length > 0) throw new Error(`not so any more, take it out of known.ts: ${stale.join('; ')}`)
}

const calls = (differences: Difference[]): number => new Set(differences.map(({ call }) => call)).size

/** The thin models call by call against both emulators. @returns what was found, for a report */
export async function witnessCalls(servers: Record<'moto' | 'ministack', Server>, { see }: Witness): Promise<Comparison | undefined> {
  return see('the thin models, call by call', async () => {
    const ours = await ourWorld()
    try {
      const [moto, ministack] = [await emulatorWorld(servers.moto.url), await emulatorWorld(servers.ministack.url)]
      const found = await compare(CALLS, { ours, moto, ministack })
      judge(found)
      const { oneOtherwise: one, explained } = found
      const seen = [
        `${found.calls} calls, ${found.fields} fields`,
        `${found.alike} alike in all three`,
        `moto alone otherwise in ${calls(one.moto)} calls, ministack alone in ${calls(one.ministack)}`,
        `both otherwise in ${calls(explained.flatMap(({ differences }) => differences))}, as known.ts explains`,
      ]
      return { seen: seen.join('; '), found }
    } finally {
      await ours.stop()
    }
  })
}
