import * as z from 'zod'
import type { Api } from '../../local/demo/api.ts'
import { type Demo, makeTenant } from '../../local/demo/tenant.ts'
import { Delivery } from '../../shared/contract/delivery.ts'
import { tenantApi } from '../support/given-cell.ts'
import { until } from '../support/until.ts'
import type { WitnessCell } from './cell.ts'
import { undeletedMessage } from './dead-letters.ts'
import { makeRing, takeRingBack, type Wanted } from './ring-life.ts'
import type { Witness } from './witnessed.ts'

/** No DNS knows it, so that every attempt fails: the bundles refuse receivers on this machine, as deployed. */
const RECEIVER = { url: 'https://receiver.invalid/hook' }

/** One of each engine, and of each way onto the network. */
const RINGS: Wanted[] = [
  { name: 'a small Valkey ring', network: 'shared', body: { engine: 'valkey', shards: 3, replicas: 1, size: '256m' } },
  { name: 'a large Redis ring', network: 'own', body: { engine: 'redis', version: '7.0', shards: 3, replicas: 1, size: '4g' } },
]

const Deliveries = z.object({ items: z.array(Delivery) })

/** An event got from the stream to the outbox, by the queue to the delivery, and what came of it into the table. */
async function delivered(tenant: Api, demo: Demo) {
  const items = await until('a delivery of cluster.ready was attempted', async () => {
    const { items } = await tenant.call('GET', `/v1/webhooks/${demo.webhook_id}/deliveries`, Deliveries)
    return items.some(({ attempts_made, event }) => attempts_made > 0 && event.type === 'cluster.ready') ? items : undefined
  })
  return { seen: `${items.length} events on their way, attempts written down`, found: true }
}

/** A tenant's day, over the emulator's HTTP API. */
export async function story(cell: WitnessCell, { see }: Witness): Promise<void> {
  const demo = await see('a tenant, its key and a webhook', async () => {
    const found = await makeTenant(cell.apiUrl, cell.platformKey, RECEIVER)
    return { seen: found.tenant_id, found }
  })
  if (!demo) return
  const life = { cell, tenant: tenantApi(cell.apiUrl, demo.key), tenantId: demo.tenant_id, see }
  for (const wanted of RINGS) {
    const id = await makeRing(life, wanted)
    if (id !== undefined) await takeRingBack(life, wanted, id)
  }
  await see('from the stream by the outbox and the queue to the delivery', () => delivered(life.tenant, demo))
  await see('what ECS tells goes by the deployed rules', async () => {
    await cell.events.settle()
    const { seen, matched } = cell.events.counts()
    if (matched < 6) throw new Error(`only ${matched} of ${seen} events matched`)
    return { seen: `${matched} of ${seen} events matched, and reached the function`, found: true }
  })
  await see('a message that is never deleted', () => undeletedMessage(cell))
}
