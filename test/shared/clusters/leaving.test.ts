import { wakeLeaving } from '../../../shared/clusters/leaving.ts'
import { startedBy } from '../../../shared/clusters/naming.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../../shared/platform/tenant-table.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'
import { givenCluster, newCluster, START } from '../../support/cluster.ts'

const MINUTE = 60_000

let dynamo: GivenDynamo
let table: TenantTable
beforeEach(async () => {
  dynamo = await givenDynamo()
  table = tableFor(tableOver(dynamo.documents), tenantId('ten_a'))
})
afterEach(() => dynamo.stop())

const ready = { state: 'ready', due_at: '2026-01-01T01:00:00.000Z' } as const

/** Of the clusters that a sweep woke, and what it answered. */
async function woken(hosts: Record<string, string[]>, now: number): Promise<{ count: number; started: string[] }> {
  const started: string[] = []
  const start = async (name: string) => void started.push(name.split('.')[0] ?? '')
  const startersOn = async (host: string) => hosts[host] ?? []
  const count = await wakeLeaving({ ...tableOver(dynamo.documents), workflows: { start }, startersOn }, Object.keys(hosts), now)
  return { count, started: started.sort() }
}

test('each ring with nodes on hosts that drain is woken once, and tasks of nobody known wake nobody', async () => {
  for (const id of ['clu_a', 'clu_b']) await givenCluster(table, newCluster(id, ready))
  const ours = ['clu_a', 'clu_b'].map((id) => startedBy('ten_a', id))
  const hosts = { one: [...ours, 'somebody-else', startedBy('ten_a', 'clu_gone')], two: ours }
  expect(await woken(hosts, START)).toEqual({ count: 4, started: ['clu_a', 'clu_b'] })
})

test('of many rings some leave each minute, and all have had their turn soon', async () => {
  const ids = Array.from({ length: 45 }, (_, i) => `clu_${i}`)
  for (const id of ids) await givenCluster(table, newCluster(id, ready))
  const hosts = { one: ids.map((id) => startedBy('ten_a', id)) }
  const seen = new Set<string>()
  for (let minute = 0; minute < 9; minute += 1) {
    const { started } = await woken(hosts, START + minute * MINUTE)
    expect(started).toHaveLength(20)
    for (const id of started) seen.add(id)
  }
  expect(seen.size).toBe(ids.length)
})
