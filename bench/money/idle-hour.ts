import type { Cloud } from '../../local/cloud.ts'
import { type Cell, givenCell, postRing } from '../../test/support/given-cell.ts'
import { createMeter, type Reading } from './meter.ts'
import { addTwins } from './records.ts'

const RING = { engine: 'valkey', shards: 3, replicas: 1, size: '256m' }
const PATIENCE_MS = 120_000

export const SWEEPS_AN_HOUR = 60
/** An hour passes in two minutes: this machine has to look at a hundred rings in it. */
const SWEEP_MS = 2_000

export interface IdleHour {
  rings: number
  reading: Reading
  /** Executions that looked at a ring. */
  looks: number
}

const sleepUntil = (moment: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - Date.now())))

async function untilQuiet({ workflows }: Cloud): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; workflows.executions().some(({ status }) => status === 'RUNNING'); ) {
    if (Date.now() > end) throw new Error('executions still run')
    await sleepUntil(Date.now() + 200)
  }
}

/** One real ring of six nodes, and beside it records of so many, which are due one after another within the hour. */
async function makeRings({ cloud, tenant, receiver }: Cell, rings: number): Promise<void> {
  const cluster = await postRing(tenant, RING)
  await receiver.next(cluster.id, ['cluster.ready'], PATIENCE_MS)
  await untilQuiet(cloud)
  // All are there, and due a while later than the last is made.
  const from = Date.now() + rings * 400 + SWEEP_MS
  const apart = ((SWEEPS_AN_HOUR - 2) * SWEEP_MS) / rings
  await addTwins(
    cloud,
    cluster.id,
    Array.from({ length: rings }, (_, index) => from + index * apart),
  )
  await sleepUntil(from - SWEEP_MS)
}

/**
 * An hour in which nothing happens to so many ready rings: sixty sweeps, and the hourly look at each ring. Behind the records of all
 * rings are the nodes of one, since hundreds of idle servers would be too many for one machine; the schedule is driven by hand.
 */
export async function idleHour(rings: number): Promise<IdleHour> {
  const meter = createMeter()
  const cell = await givenCell(meter.options)
  meter.watch(cell.cloud)
  try {
    const { cloud } = cell
    const sweep = cloud.functionName('sweep')
    await cloud.lambda.invoke(sweep, {})
    if (rings > 0) await makeRings(cell, rings)
    const [before, looked, swept] = [meter.read(), cloud.workflows.executions().length, cloud.lambda.invocations(sweep)]
    // The schedule's own sweep of a minute counts as one of them.
    for (let next = Date.now(); cloud.lambda.invocations(sweep) < swept + SWEEPS_AN_HOUR; next += SWEEP_MS) {
      await sleepUntil(next)
      await cloud.lambda.invoke(sweep, {})
    }
    await untilQuiet(cloud)
    return { rings, reading: meter.read(before), looks: cloud.workflows.executions().length - looked }
  } finally {
    await cell.stop()
  }
}
