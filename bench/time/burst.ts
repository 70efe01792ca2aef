import { setTimeout as sleep } from 'node:timers/promises'
import { config } from '../../cdk/configured.ts'
import type { Api } from '../../local/demo/api.ts'
import type { Operation } from '../../shared/contract/operation.ts'
import { isoTime } from '../../shared/platform/clock.ts'
import { sideBySide } from '../../shared/platform/side-by-side.ts'
import { deleteRing, ended, postRing, RING } from '../../test/support/given-cell.ts'
import { givenSimulatedCell } from '../../test/support/simulated-cloud.ts'
import type { Figure } from '../figure.ts'

const RINGS = 50
/** No other limit holds a burst up for as long. */
const { burst: AT_ONCE, perSecond: PER_SECOND } = config.taskDefinitions
const PATIENCE_MS = 300_000
const POLL_MS = 500
const NODES = 6
/** Of one machine: AWS starts as many functions side by side as are asked for, and here each start takes a processor's time. */
const [POSTS, WARM] = [8, 16]
const QUOTA = { clusters: RINGS + 1, nodes: (RINGS + 1) * NODES, cpu_units: 1_000_000, memory_mib: 1_000_000, requests_per_second: 1_000 }

/** Asks rarely, and of one at a time: it is the rings' time that is measured. */
const done = (tenant: Api, id: string): Promise<Operation> => ended(tenant, id, PATIENCE_MS, POLL_MS)

/** Seconds until the last of them was done. */
const secondsUntil = (operations: Operation[], from: number): number =>
  (Math.max(...operations.map(({ finished_at }) => Date.parse(finished_at ?? isoTime(Date.now())))) - from) / 1000

async function burst(tenant: Api, count: number): Promise<{ seconds: number; ready: number; ids: string[] }> {
  const from = Date.now()
  const clusters = await sideBySide(Array.from({ length: count }), () => postRing(tenant, RING), POSTS)
  const operations: Operation[] = []
  for (const { operation } of clusters) operations.push(await done(tenant, operation.id))
  const ready = operations.filter(({ state }) => state === 'succeeded').length
  return { seconds: secondsUntil(operations, from), ready, ids: clusters.map(({ id }) => id) }
}

/** One ring with nobody beside it; what it took of AWS' limits has come back before anything else begins. */
async function alone(tenant: Api): Promise<number> {
  const { seconds, ids } = await burst(tenant, 1)
  for (const id of ids) await done(tenant, (await deleteRing(tenant, id)).operation.id)
  await sleep((2 * 1000) / PER_SECOND)
  return seconds
}

/** Many creates at once, within AWS' rate limits. */
export async function burstFigures(rings = RINGS): Promise<Figure[]> {
  const { cloud, tenant, calls, stop } = await givenSimulatedCell(QUOTA)
  try {
    for (const name of ['observe', 'step']) cloud.lambda.warmUp(cloud.functionName(name), WARM)
    await alone(tenant)
    const single = await alone(tenant)
    const before = { ...calls }
    const { seconds, ready } = await burst(tenant, rings)
    const theirs = Math.max(0, rings - AT_ONCE) / PER_SECOND + single
    const rule = `${AT_ONCE} task definitions at once, then ${PER_SECOND} a second, and one ring alone ${single.toFixed(1)} s`
    const [made, refused] = [calls.made - before.made, calls.refused - before.refused]
    return [
      {
        name: `${rings} creates in a burst, nodes simulated, all else whole: until the last ring is ready / what AWS's rate limits allow`,
        ours: seconds,
        theirs,
        unit: 's',
        target: 1.2,
        note: `${rule}; of ${made} calls to AWS ${refused} were refused for their rate`,
      },
      { name: 'the same: rings that did not become ready', ours: rings - ready, unit: 'rings', target: 0 },
    ]
  } finally {
    await stop()
  }
}

if (import.meta.main) console.log(await burstFigures(Number(process.argv[2] ?? RINGS)))
