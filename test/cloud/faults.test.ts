import { readRing, useRing } from '../../local/demo/use-ring.ts'
import { CallFault } from '../../local/faults/call-faults.ts'
import { EventFault } from '../../local/faults/event-faults.ts'
import { Cluster, Connection } from '../../shared/contract/cluster.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'
import { until } from '../support/until.ts'

const PATIENCE_MS = 180_000

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
}, 200_000)
afterEach(() => cell.cloud.faults.active.clear())
afterAll(() => cell?.stop())

const disturbCalls = (fault: object) => cell.cloud.faults.calls.add(CallFault.parse(fault))
const disturbEvents = (fault: object) => cell.cloud.faults.events.add(EventFault.parse(fault))
const local = async (method: string, path: string, body?: object) => {
  const sent = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
  const response = await fetch(`${cell.cloud.apiUrl}/_local/${path}`, { method, ...sent })
  if (!response.ok) throw new Error(await response.text())
}
const isWhole = async (id: string): Promise<boolean> =>
  (await cell.tenant.call('GET', `/v1/clusters/${id}`, Cluster)).conditions[0]?.status ?? false
const connect = (id: string) => cell.tenant.call('GET', `/v1/clusters/${id}/connection`, Connection)

/** A ring is made while things are disturbed so, used, and taken back; every fault did something. */
async function lifeUnder(disturb: () => { hits: number }[]): Promise<void> {
  const faults = disturb()
  const cluster = await postRing(cell.tenant)
  expect(await ended(cell.tenant, cluster.operation.id, PATIENCE_MS)).toMatchObject({ state: 'succeeded' })
  expect(await useRing(await connect(cluster.id))).toMatchObject({ written: 64, read: 64 })
  const deleted = await deleteRing(cell.tenant, cluster.id)
  expect(await ended(cell.tenant, deleted.operation.id, PATIENCE_MS)).toMatchObject({ state: 'succeeded' })
  expect(faults.filter(({ hits }) => hits === 0)).toEqual([])
  await cell.cloud.faults.active.clear()
  expect(await leftovers(cell.cloud, cell.demo.tenant_id)).toEqual(NOTHING)
}

describe('a ring is made and taken back', () => {
  test('while events come twice, in another order, and a third of them not at all', async () => {
    await lifeUnder(() => [
      disturbEvents({ action: 'duplicate' }),
      disturbEvents({ action: 'reorder', window: 7, seed: 5 }),
      disturbEvents({ action: 'drop', share: 0.33, seed: 6 }),
    ])
  }, 400_000)

  test('while every third RunTask is done and says that it failed', async () => {
    await lifeUnder(() => [
      disturbCalls({ service: 'ecs', operation: 'RunTask', every: 3, error: 'ServerException', status: 500, effect: 'after' }),
    ])
  }, 400_000)

  test('while ECS takes four calls a second, and every call to the table takes a while', async () => {
    await lifeUnder(() => [
      disturbCalls({ service: 'ecs', rate_per_second: 4, burst: 4 }),
      disturbCalls({ service: 'dynamodb', share: 0.3, delay_ms: 40 }),
    ])
  }, 400_000)
})

test('a ring that loses an AZ keeps its data and serves on, and is whole again when the AZ is back', async () => {
  const cluster = await postRing(cell.tenant)
  expect(await ended(cell.tenant, cluster.operation.id, PATIENCE_MS)).toMatchObject({ state: 'succeeded' })
  await useRing(await connect(cluster.id))
  const [az = ''] = cell.cloud.ecs.hosts().map(({ host }) => host.az)
  await local('POST', 'lose-az', { az })
  await until('the loss is seen', async () => ((await isWhole(cluster.id)) ? undefined : true), PATIENCE_MS)
  const served = async () => (await readRing(await connect(cluster.id))).read
  await until('every shard serves', async () => ((await served().catch(() => 0)) === 64 ? true : undefined), PATIENCE_MS)
  expect(cell.cloud.ecs.hosts().filter(({ host }) => host.az === az)).toEqual([])
  await local('POST', 'restore-az', { az })
  await until('it is whole again', async () => ((await isWhole(cluster.id)) ? true : undefined), PATIENCE_MS)
  expect(await served()).toBe(64)
  const deleted = await deleteRing(cell.tenant, cluster.id)
  expect(await ended(cell.tenant, deleted.operation.id, PATIENCE_MS)).toMatchObject({ state: 'succeeded' })
}, 600_000)

test('the stream tells everything first, then what changes, and goes on from the last change that a client had', async () => {
  const { apiUrl } = cell.cloud
  const messages = async (lastId: string | undefined, wanted: (text: string) => boolean): Promise<string> => {
    const response = await fetch(`${apiUrl}/_local/events`, { headers: lastId === undefined ? {} : { 'last-event-id': lastId } })
    let told = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      told += decoder.decode(chunk, { stream: true })
      if (wanted(told)) return told
    }
    return told
  }
  const first = await messages(undefined, (text) => /^event: snapshot\ndata: .*\n\n/m.test(text))
  const [, id] = /^id: (\S+)\nevent: snapshot$/m.exec(first) ?? []
  await local('POST', 'disturb-calls', { service: 'ec2', error: 'Unavailable' })
  const then = await messages(id, (text) => text.includes('Unavailable'))
  expect([then.includes('event: snapshot'), then.includes('event: change')]).toEqual([false, true])
  expect(await messages('of another process', (text) => text.includes('event: '))).toContain('event: snapshot')
})
