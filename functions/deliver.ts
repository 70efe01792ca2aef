import { type DeliverDeps, deliver } from '../shared/webhooks/deliver.ts'
import { DeliveryMessage } from '../shared/webhooks/record.ts'
import { deliverDeps } from './deliver/deps.ts'
import { queueHandler } from './edge/queue.ts'

export function createHandler(overrides: Partial<DeliverDeps> = {}) {
  const deps = deliverDeps(overrides)
  return queueHandler({ log: deps.log, message: DeliveryMessage, handle: (message) => deliver(deps, message) })
}

export const handler = createHandler()
