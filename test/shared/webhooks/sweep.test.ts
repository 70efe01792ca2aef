import { isoTime } from '../../../shared/platform/clock.ts'
import { dueItems } from '../../../shared/platform/due.ts'
import { ID_PREFIXES } from '../../../shared/platform/ids.ts'
import { DUE_KINDS, dueShard, dueShards, sk, tenantKey } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { DeliveryMessage } from '../../../shared/webhooks/record.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { sweepDeliveries } from '../../../shared/webhooks/sweep.ts'
import { type Cell, givenCell, givenEvent, givenReceiver, givenTenant } from './given.ts'

let cell: Cell
const stops: (() => Promise<void>)[] = []
beforeEach(async () => {
  cell = await givenCell()
})
afterEach(async () => {
  await cell.stop()
  for (const stop of stops.splice(0)) await stop()
})

async function givenLostMessages(count: number) {
  const receiver = await givenReceiver()
  stops.push(receiver.stop)
  const tenant = await givenTenant(cell.deps, count)
  for (let i = 0; i < count; i += 1) await webhookService(cell.deps).create(tenant, { url: receiver.url })
  await publish(cell.deps, await givenEvent(cell.deps, tenant))
  cell.deps.queue.sent.splice(0)
  return { receiver, tenant }
}

const sweep = () => sweepDeliveries(cell.deps, cell.deps.clock.at)

describe('the sweep', () => {
  it('heals a crash between the delivery and its message', async () => {
    const { receiver } = await givenLostMessages(3)
    expect(await sweep()).toBe(0)
    cell.deps.clock.at += 30_000
    expect(await sweep()).toBe(3)
    for (const { message } of cell.deps.queue.sent) await deliver(cell.deps, DeliveryMessage.parse(message))
    expect(receiver.received).toHaveLength(3)
    cell.deps.clock.at += 3_600_000
    expect(await sweep()).toBe(0)
  })

  it('sends once, though two sweeps run at the same moment, and again a minute later', async () => {
    await givenLostMessages(3)
    cell.deps.clock.at += 30_000
    expect((await Promise.all([sweep(), sweep()])).reduce((sum, n) => sum + n)).toBe(3)
    expect(cell.deps.queue.sent).toHaveLength(3)
    cell.deps.clock.at += 59_999
    expect(await sweep()).toBe(0)
    cell.deps.clock.at += 1
    expect(await sweep()).toBe(3)
  })

  it('brings back an attempt whose sender died', async () => {
    const { receiver } = await givenLostMessages(1)
    cell.deps.clock.at += 30_000
    await sweep()
    const message = DeliveryMessage.parse(cell.deps.queue.sent.shift()?.message)
    const post = () => Promise.reject(new Error('the process dies'))
    await expect(deliver({ ...cell.deps, post }, message)).rejects.toThrow('the process dies')
    cell.deps.clock.at += 60_000
    expect(await sweep()).toBe(1)
    await deliver(cell.deps, message)
    expect(receiver.received).toHaveLength(1)
  })
})

describe('what is due', () => {
  it('is found by kind, longest overdue first, whatever else is due in front of it', async () => {
    const tenant = await givenTenant(cell.deps)
    const table = tableFor(cell.deps, tenant)
    const now = cell.deps.clock.at
    const due = (key: string, shard: string, at: number) => table.put(key, { due_pk: shard, due_at: isoTime(at) })
    for (let i = 0; i < 30; i += 1) await due(sk.delivery('whk_1', `dlv_${i}`), 'DUE#dlv#0', now - 1_000 + i)
    await due(sk.cluster('clu_later'), 'DUE#clu#0', now + 1)
    await due(sk.cluster('clu_now'), 'DUE#clu#0', now)
    await due(sk.cluster('clu_long'), 'DUE#clu#0', now - 500)
    expect(await dueItems(cell.deps, { now, kind: 'cluster', limit: 10 })).toEqual([
      { ...tenantKey(tenant, 'CLUSTER#clu_long'), due_pk: 'DUE#clu#0', due_at: isoTime(now - 500) },
      { ...tenantKey(tenant, 'CLUSTER#clu_now'), due_pk: 'DUE#clu#0', due_at: isoTime(now) },
    ])
    const deliveries = await dueItems(cell.deps, { now, kind: 'delivery', limit: 10 })
    expect(deliveries.map((item) => item.sk)).toEqual(Array.from({ length: 10 }, (_, i) => `DLV#whk_1#dlv_${i}`))
  })

  it('has a shard by its id’s own kind', () => {
    for (const kind of DUE_KINDS) expect(dueShards(kind)).toContain(dueShard(`${ID_PREFIXES[kind]}_01m82j34bacehhzb2wdrqwxwzj`))
  })
})
