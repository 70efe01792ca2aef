import * as z from 'zod'
import type { Api } from '../../local/demo/api.ts'
import { type Demo, makeTenant } from '../../local/demo/tenant.ts'
import { useRing } from '../../local/demo/use-ring.ts'
import { AcceptedCluster, Cluster, Connection } from '../../shared/contract/cluster.ts'
import { Delivery } from '../../shared/contract/delivery.ts'
import { deleteRing, ended, RING, tenantApi } from '../support/given-cell.ts'
import { until } from '../support/until.ts'
import type { WitnessCell } from './cell.ts'
import { poisonedRecord, undeletedMessage } from './dead-letters.ts'
import { executions } from './executions.ts'
import { nothingLeft, somethingThere } from './left-over.ts'
import { expectSame, type Witness } from './witnessed.ts'

/** No DNS knows it, so that every attempt fails: the bundles refuse receivers on this machine, as deployed. */
const RECEIVER = { url: 'https://receiver.invalid/hook' }
const WITHIN_MS = 120_000

async function ring(tenant: Api, key: string): Promise<AcceptedCluster> {
  const accepted = await tenant.call('POST', '/v1/clusters', AcceptedCluster, RING, key)
  const operation = await ended(tenant, accepted.operation.id, WITHIN_MS)
  expectSame('operation', { state: operation.state, error: operation.error }, { state: 'succeeded' })
  return accepted
}

const Deliveries = z.object({ items: z.array(Delivery) })

/** An event got from the stream to the outbox, by the queue to the delivery, and what came of it into the table. */
async function delivered(tenant: Api, demo: Demo) {
  const ask = (): Promise<z.infer<typeof Deliveries>> => tenant.call('GET', `/v1/webhooks/${demo.webhook_id}/deliveries`, Deliveries)
  const items = await until('deliveries were attempted', async () => {
    const { items } = await ask()
    return items.some(({ attempts_made }) => attempts_made > 0) ? items : undefined
  })
  const types = items.map(({ event }) => event.type)
  if (!types.includes('cluster.ready')) throw new Error(`no delivery of cluster.ready, only of ${types.join(', ')}`)
  return { seen: `${items.length} events on their way, attempts written down`, found: true }
}

/** A tenant's day, over the emulator's HTTP API. */
export async function story(cell: WitnessCell, { see }: Witness): Promise<void> {
  const demo = await see('a tenant, its key and a webhook', async () => {
    const found = await makeTenant(cell.apiUrl, cell.platformKey, RECEIVER)
    return { seen: found.tenant_id, found }
  })
  if (!demo) return
  const tenant = tenantApi(cell.apiUrl, demo.key)
  const made = await see('POST /v1/clusters makes a ring of six processes', async () => {
    const found = await ring(tenant, demo.ring_key)
    const { state, node_count } = await tenant.call('GET', `/v1/clusters/${found.id}`, Cluster)
    expectSame('state', state, 'ready')
    await somethingThere(cell, demo.tenant_id, found.id)
    return { seen: `${state}, ${node_count} nodes, in DynamoDB, SSM, EC2 and Route 53`, found }
  })
  if (!made) return
  await see('the same POST again is the same ring', async () => {
    const again = await tenant.call('POST', '/v1/clusters', AcceptedCluster, RING, demo.ring_key)
    expectSame('id', again.id, made.id)
    return { seen: again.id, found: true }
  })
  await see('its client reads what it wrote', async () => {
    const { read, written, nodes } = await useRing(await tenant.call('GET', `/v1/clusters/${made.id}/connection`, Connection))
    expectSame('read', read, written)
    return { seen: `${read} keys over ${nodes.length} nodes`, found: true }
  })
  await see('stream, outbox, queue and delivery', () => delivered(tenant, demo))
  await see('what ECS tells goes by the deployed rules', async () => {
    const { seen, matched } = cell.events.counts()
    if (matched < 6) throw new Error(`only ${matched} of ${seen} events matched`)
    return { seen: `${matched} of ${seen} events matched, and reached the function`, found: true }
  })
  await see('DELETE takes it back', async () => {
    const operation = await ended(tenant, (await deleteRing(tenant, made.id)).operation.id, WITHIN_MS)
    expectSame('operation', operation.state, 'succeeded')
    return { seen: operation.state, found: true }
  })
  await see('nothing is left over', async () => {
    await nothingLeft(cell, demo.tenant_id, made.id)
    return { seen: 'no task, definition, group, parameter, name, node, lease or quota', found: true }
  })
  await see('the state machine ran in its Step Functions', () => executions(cell, made.id))
  await see('a record that cannot be read', () => poisonedRecord(cell))
  await see('a message that is never deleted', () => undeletedMessage(cell))
}
