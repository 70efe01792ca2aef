import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { transactionConflict } from '../../../local/dynamodb/faults.ts'
import { sk, tenantKey } from '../../../shared/platform/table.ts'
import { lookupInDns } from '../../../shared/webhooks/lookup.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { publicTargets } from '../../../shared/webhooks/target.ts'
import { type Cell, givenCell, givenTenant, givenWebhook, tableName } from './given.ts'

let cell: Cell
let conflicts = 0
beforeAll(async () => {
  const next = (operation: string) => (operation === 'TransactWriteItems' && conflicts-- > 0 ? transactionConflict() : undefined)
  cell = await givenCell({ faults: { next } })
})
afterAll(() => cell.stop())
beforeEach(() => {
  conflicts = 0
})

const url = 'https://hooks.example.com/ringhold'
const service = () => webhookService(cell.deps)

async function used(tenant: Parameters<typeof tenantKey>[0]): Promise<unknown> {
  const { Item } = await cell.documents.send(new GetCommand({ TableName: tableName, Key: tenantKey(tenant, sk.quota) }))
  return Item?.webhooks_used
}

describe('creating a webhook', () => {
  it('answers it with its secret, which is never answered again nor stored', async () => {
    const tenant = await givenTenant(cell.deps)
    const { secret, ...webhook } = await givenWebhook(cell.deps, tenant, { url, description: 'orders' })
    expect(secret).toMatch(/^whsec_/)
    expect(webhook).toEqual({
      secret_version: 1,
      id: expect.stringMatching(/^whk_/),
      url,
      description: 'orders',
      events: ['*'],
      state: 'enabled',
      created_at: '2030-01-01T00:00:00.000Z',
      updated_at: '2030-01-01T00:00:00.000Z',
    })
    expect(await service().get(tenant, webhook.id)).toEqual(webhook)
    expect((await service().list(tenant, { limit: 10 })).items).toEqual([webhook])
    const { Item } = await cell.documents.send(new GetCommand({ TableName: tableName, Key: tenantKey(tenant, sk.webhook(webhook.id)) }))
    expect(JSON.stringify(Item)).not.toContain(secret.slice('whsec_'.length))
  })

  it('looks at a name once, however often it has to be tried', async () => {
    const tenant = await givenTenant(cell.deps)
    let looks = 0
    const policy = publicTargets(async () => {
      looks += 1
      return ['8.8.8.8']
    })
    conflicts = 3
    await webhookService({ ...cell.deps, targetPolicy: policy }).create(tenant, { url })
    expect(looks).toBe(1)
  })

  it('takes a choice of events, each once', async () => {
    const tenant = await givenTenant(cell.deps)
    const { events } = await givenWebhook(cell.deps, tenant, { url, events: ['cluster.ready', 'cluster.failed', 'cluster.ready'] })
    expect(events).toEqual(['cluster.ready', 'cluster.failed'])
  })

  it('refuses a URL that the target policy refuses, and says where and why', async () => {
    const strict = webhookService({ ...cell.deps, targetPolicy: publicTargets(lookupInDns) })
    const tenant = await givenTenant(cell.deps)
    await expect(strict.create(tenant, { url: 'https://127.1/' })).rejects.toMatchObject({
      code: 'webhook_url_not_allowed',
      errors: [{ in: 'body', pointer: '/url', detail: 'url must name a host, not an IP address' }],
    })
    expect(await used(tenant)).toBe(0)
  })

  it('is counted, and refused past the limit, also when many come at once', async () => {
    const tenant = await givenTenant(cell.deps, 3)
    const ends = await Promise.allSettled(Array.from({ length: 6 }, () => service().create(tenant, { url })))
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(3)
    expect(await used(tenant)).toBe(3)
    await expect(service().create(tenant, { url })).rejects.toMatchObject({
      code: 'quota_exceeded',
      members: { quota: 'webhooks', used: 3, limit: 3, requested: 1 },
    })
  })

  it('gets past transactions that are in its way', async () => {
    const tenant = await givenTenant(cell.deps)
    conflicts = 3
    await service().create(tenant, { url })
    expect(await used(tenant)).toBe(1)
  })
})

describe('a webhook', () => {
  it('is listed oldest first, page by page', async () => {
    const tenant = await givenTenant(cell.deps)
    const ids: string[] = []
    for (let i = 0; i < 3; i += 1) {
      cell.deps.clock.at += 1
      ids.push((await givenWebhook(cell.deps, tenant, { url })).id)
    }
    const first = await service().list(tenant, { limit: 2 })
    const second = await service().list(tenant, { limit: 2, ...(first.next === undefined ? {} : { after: first.next }) })
    expect([...first.items, ...second.items].map((webhook) => webhook.id)).toEqual(ids)
    expect(second.next).toBeUndefined()
  })

  it('that is removed is gone and makes room, once', async () => {
    const tenant = await givenTenant(cell.deps, 1)
    const { id } = await givenWebhook(cell.deps, tenant, { url })
    await service().remove(tenant, id)
    await expect(service().remove(tenant, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(service().get(tenant, id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await used(tenant)).toBe(0)
    await service().create(tenant, { url })
  })

  it('of one tenant is not there for another', async () => {
    const [mine, other] = [await givenTenant(cell.deps), await givenTenant(cell.deps)]
    const { id } = await givenWebhook(cell.deps, mine, { url })
    await expect(service().get(other, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(service().remove(other, id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await service().list(other, { limit: 10 })).toEqual({ items: [] })
    expect((await service().list(mine, { limit: 10 })).items).toHaveLength(1)
  })
})
