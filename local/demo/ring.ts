import pc from 'picocolors'
import * as z from 'zod'
import { AcceptedCluster, Cluster, Connection, Node } from '../../shared/contract/cluster.ts'
import type { Operation } from '../../shared/contract/operation.ts'
import type { Api } from './api.ts'
import { ringPicture } from './picture.ts'
import { follow } from './progress.ts'
import type { Receiver } from './receiver.ts'
import { timeline } from './timeline.ts'
import { useRing } from './use-ring.ts'

/** The first ring may have to fetch its engine. */
const READY_WITHIN_MS = 300_000

const Nodes = z.object({ items: z.array(Node) })

export interface Made {
  clusterId: string
  operation: Operation
  postToWebhookMs: number
}

/** One POST, then the signed webhook: nothing else is asked to learn that the ring is there. */
export async function createRing(tenant: Api, receiver: Receiver): Promise<Made> {
  const posted = Date.now()
  const cluster = await tenant.call('POST', '/v1/clusters', AcceptedCluster, {
    engine: 'valkey',
    name: 'demo',
    shards: 3,
    replicas: 1,
    size: '256m',
  })
  const told = receiver.next(cluster.id, ['cluster.ready', 'cluster.failed'], READY_WITHIN_MS)
  const [event, operation] = await Promise.all([told, follow(tenant, cluster.operation.id, READY_WITHIN_MS)])
  if (event.type !== 'cluster.ready') throw new Error(`the ring failed: ${operation.error?.message ?? 'no reason given'}`)
  return { clusterId: cluster.id, operation, postToWebhookMs: event.at - posted }
}

/** Uses the ring as its tenant would, and shows it. */
export async function showRing(tenant: Api, clusterId: string): Promise<Connection> {
  const cluster = await tenant.call('GET', `/v1/clusters/${clusterId}`, Cluster)
  const connection = await tenant.call('GET', `/v1/clusters/${clusterId}/connection`, Connection)
  const { items } = await tenant.call('GET', `/v1/clusters/${clusterId}/nodes`, Nodes)
  const used = await useRing(connection)
  if (used.read !== used.written) throw new Error(`of ${used.written} keys written only ${used.read} were read back`)
  console.log(`    ${pc.green('✓')} wrote and read ${used.written} keys over all shards as the tenant\n`)
  console.log(`${pc.bold(`${cluster.engine} ${cluster.version}, ${cluster.shards} shards x ${cluster.replicas + 1}, ${cluster.state}`)}\n`)
  console.log(`${ringPicture(items, used.nodes)}\n`)
  return connection
}

export const showTimeline = (made: Made): void => {
  console.log(pc.bold('How it came about'))
  console.log(`${timeline(made.operation)}`)
  console.log(`  POST to verified webhook: ${pc.bold(`${made.postToWebhookMs} ms`)}\n`)
}
