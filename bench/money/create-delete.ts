import { itemsOf, totalOf } from '../../cdk/capacity/usage.ts'
import { deleteRing, givenCell, postRing } from '../../test/support/given-cell.ts'
import { AWS_TIMING } from '../aws-timing.ts'
import { createMeter, type Reading } from './meter.ts'

/** Quiet time after the webhook, for what still runs behind it. */
const SETTLED_MS = 3_000
const PATIENCE_MS = 180_000
/** A node that shares its host's network has no interface to wait for; it is given the same time, which is the longer. */
const START = { PENDING: AWS_TIMING.PROVISIONING + AWS_TIMING.PENDING, DEPROVISIONING: AWS_TIMING.DEPROVISIONING }
const RING = { engine: 'valkey', shards: 3, replicas: 1, size: '256m' }
export const NODES = 6
/** Of tasks and hosts, which share one of ECS' rate limits. */
const READS = ['ListTasks', 'DescribeTasks', 'ListContainerInstances', 'DescribeContainerInstances']
const readsOf = ({ calls }: Reading): number => READS.reduce((sum, operation) => sum + (calls.get(`ecs:${operation}`) ?? 0), 0)

const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SETTLED_MS))

/**
 * One ring of six nodes made and deleted with AWS' timing and one webhook, nobody polling; the functions warm, since a ring was made
 * and deleted before, and once more with every function's first start.
 */
export async function createAndDelete(): Promise<{ warm: Reading; cold: Reading; readsToReady: number; usd: number }> {
  const meter = createMeter()
  const cell = await givenCell({ ...meter.options, taskDelays: START })
  meter.watch(cell.cloud)
  let readsToReady = 0
  const once = async (): Promise<Reading> => {
    const before = meter.read()
    const cluster = await postRing(cell.tenant, RING)
    const event = await cell.receiver.next(cluster.id, ['cluster.ready', 'cluster.failed'], PATIENCE_MS)
    if (event.type !== 'cluster.ready') throw new Error(`the ring failed: ${JSON.stringify(event)}`)
    readsToReady = readsOf(meter.read(before))
    await deleteRing(cell.tenant, cluster.id)
    await cell.receiver.next(cluster.id, ['cluster.deleted'], PATIENCE_MS)
    await quiet()
    const used = meter.read(before)
    // The agents read the credentials of each node, for which no function asks.
    used.usage.keyRequests += NODES
    return used
  }
  try {
    const cold = await once()
    const warm = await once()
    return { warm, cold, readsToReady, usd: totalOf(itemsOf(warm.usage)) }
  } finally {
    await cell.stop()
  }
}
