import { holdLease, LEASE_MS, readCluster } from '../../../shared/clusters/lease.ts'
import { sweepClusters } from '../../../shared/clusters/sweep.ts'
import { noteWake } from '../../../shared/clusters/wake.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../../shared/platform/tenant-table.ts'
import type { Workflows } from '../../../shared/platform/workflows.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'
import { givenCluster, newCluster, START } from '../../support/cluster.ts'

let dynamo: GivenDynamo
let table: TenantTable
beforeEach(async () => {
  dynamo = await givenDynamo()
  table = tableFor(tableOver(dynamo.documents), tenantId('ten_a'))
})
afterEach(() => dynamo.stop())

const sweep = (now: number, started: string[], start: Workflows['start'] = async (name) => void started.push(name)) =>
  sweepClusters({ ...tableOver(dynamo.documents), workflows: { start } }, now)

test('the sweep wakes what is due and leaves alone what is not, or is held', async () => {
  await givenCluster(table, newCluster('clu_due'))
  await givenCluster(table, newCluster('clu_later', { due_at: '2026-01-01T00:05:00.000Z' }))
  await givenCluster(table, newCluster('clu_held'))
  await holdLease(table, 'clu_held', 'me', START)
  const started: string[] = []
  expect(await sweep(START + 60_000, started)).toBe(1)
  expect(started).toEqual(['clu_due.1.2'])
  expect(await sweep(START + 61_000, started)).toBe(0)
})

test('a cluster that cannot be woken does not keep the others asleep, and is told', async () => {
  const ids = Array.from({ length: 50 }, (_, i) => `clu_${i}`)
  for (const id of ids) await givenCluster(table, newCluster(id))
  await table.update(sk.cluster('clu_7'), { update: 'SET #state = :odd', names: { '#state': 'state' }, values: { ':odd': 'odd' } })
  const started: string[] = []
  const slowly = async (name: string): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    started.push(name)
  }
  await expect(sweep(START + 60_000, started, slowly)).rejects.toThrow('Invalid option')
  expect(started).toHaveLength(49)
  expect(await readCluster(table, 'clu_49')).toMatchObject({ wake: 2 })
})

test('a wake whose execution never came about is taken up in a minute, though the cluster was not due for an hour', async () => {
  await givenCluster(table, newCluster('clu_ready', { state: 'ready', due_at: '2026-01-01T01:00:00.000Z' }))
  expect(await noteWake(table, 'clu_ready', START)).toMatchObject({ wake: 2 })
  const started: string[] = []
  await sweep(START + 59_000, started)
  expect(started).toEqual([])
  await sweep(START + 60_000, started)
  expect(started).toEqual(['clu_ready.1.3'])
})

test('a wake that comes while somebody is at work and then crashes is taken up when the lease is over', async () => {
  await givenCluster(table, newCluster('clu_crash'))
  await holdLease(table, 'clu_crash', 'me', START)
  await noteWake(table, 'clu_crash', START + 1_000)
  const started: string[] = []
  await sweep(START + 120_000, started)
  expect(started).toEqual([])
  await sweep(START + LEASE_MS, started)
  expect(started).toEqual(['clu_crash.1.3'])
})
