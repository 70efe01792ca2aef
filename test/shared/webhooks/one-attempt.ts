import { sk, type TenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type DeliverDeps, deliver } from '../../../shared/webhooks/deliver.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { DeliveryMessage, DeliveryRecord } from '../../../shared/webhooks/record.ts'
import { type Cell, givenEvent, givenQueue } from './given.ts'

/** An event on its way to the tenant's one webhook. `attempt` makes the next attempt, whenever it is due. */
export async function givenDeliveryOnItsWay(deps: Cell['deps'], tenant: TenantId) {
  const queue = givenQueue()
  await publish({ ...deps, queue }, await givenEvent(deps, tenant))
  const message = DeliveryMessage.parse(queue.sent.shift()?.message)
  const attempt = async (attempting: DeliverDeps = deps): Promise<DeliveryRecord> => {
    await deliver({ ...attempting, queue }, message)
    const found = await tableFor(deps, tenant).get(sk.delivery(message.webhook_id, message.delivery_id))
    const record = DeliveryRecord.parse(found)
    if (record.next_attempt_at) deps.clock.at = Math.max(deps.clock.at, Date.parse(record.next_attempt_at))
    return record
  }
  return { attempt }
}
