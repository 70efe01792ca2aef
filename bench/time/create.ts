import { setTimeout as sleep } from 'node:timers/promises'
import { type Cell, deleteRing, givenCell, postRing, RING } from '../../test/support/given-cell.ts'
import { AWS_TIMING } from '../aws-timing.ts'
import { type Figure, median } from '../figure.ts'
import { SIGMA, spread } from './spread.ts'

const TIMES = 50
/** Between two creates: several rings are on their way at once, and the machine is not what is measured. */
const APART_MS = 3_000
const PATIENCE_MS = 240_000
const SEED = 20_261

/** Seconds from the POST until its webhook is verified; the ring goes away again without being waited for. */
async function once({ tenant, receiver }: Cell): Promise<number> {
  const posted = performance.now()
  const cluster = await postRing(tenant, RING)
  const event = await receiver.next(cluster.id, ['cluster.ready', 'cluster.failed'], PATIENCE_MS)
  const seconds = (performance.now() - posted) / 1000
  if (event.type !== 'cluster.ready') throw new Error(`a ring failed: ${JSON.stringify(event)}`)
  await deleteRing(tenant, cluster.id)
  return seconds
}

/** The smallest of the values that this share of them does not exceed. */
const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN

/** POST until ready with real nodes, in the time that AWS takes to start tasks, within AWS' rate limits. */
export async function awsTimeFigures(times = TIMES): Promise<Figure[]> {
  const around = spread(SEED)
  const [network, start] = [around(AWS_TIMING.PROVISIONING), around(AWS_TIMING.PENDING)]
  // All of it before the process starts, and also of nodes that have no interface to wait for.
  const cell = await givenCell({ taskDelays: { PENDING: () => network() + start(), DEPROVISIONING: AWS_TIMING.DEPROVISIONING } })
  try {
    const runs: Promise<number>[] = []
    for (let n = 0; n < times; n += 1) {
      runs.push(once(cell))
      await sleep(APART_MS)
    }
    const seconds = await Promise.all(runs)
    const middle = (AWS_TIMING.PROVISIONING + AWS_TIMING.PENDING) / 1000
    const name = `POST until ready, 6 real nodes whose tasks take AWS's ${middle} s to start (log-normal, as with an interface each)`
    const note = `${times} runs, one begun every ${APART_MS / 1000} s; sigma ${SIGMA}, seed ${SEED}; the slowest ${Math.max(...seconds).toFixed(1)} s`
    return [
      { name: `${name}, p50`, ours: median(seconds), unit: 's', target: 30, note },
      { name: 'the same, p95', ours: percentile(seconds, 0.95), unit: 's', target: 60 },
    ]
  } finally {
    await cell.stop()
  }
}

if (import.meta.main) console.log(await awsTimeFigures(Number(process.argv[2] ?? TIMES)))
