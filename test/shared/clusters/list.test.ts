import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { MOST_BY_NAME } from '../../../shared/clusters/by-name.ts'
import { listClusters } from '../../../shared/clusters/list.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import { idMaker } from '../../../shared/platform/ids.ts'
import { sk, tenantId, tenantKey } from '../../../shared/platform/table.ts'
import { cellTable, type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'
import { newCluster, START } from '../../support/cluster.ts'

const TENANT = tenantId('ten_a')
const BATCH = 25
const MINUTE = 60_000
let queries = 0
let dynamo: GivenDynamo
/** One a minute, one more than are sorted by name. */
beforeAll(async () => {
  const next = (operation: string) => {
    if (operation === 'Query') queries += 1
    return undefined
  }
  dynamo = await givenDynamo({ faults: { next } })
  const items = Array.from({ length: MOST_BY_NAME + 1 }, (_, i) => {
    const at = START + i * MINUTE
    const id = idMaker(() => at)('cluster')
    return { ...newCluster(id, { created_at: isoTime(at), name: `n${i % 7}`, state: 'ready' }), ...tenantKey(TENANT, sk.cluster(id)) }
  })
  for (let from = 0; from < items.length; from += BATCH) {
    const puts = items.slice(from, from + BATCH).map((Item) => ({ PutRequest: { Item } }))
    await dynamo.documents.send(new BatchWriteCommand({ RequestItems: { [cellTable.name]: puts } }))
  }
}, 60_000)
afterAll(() => dynamo.stop())

const list = (filter: object, sort?: 'name' | 'created_at') => listClusters(tableOver(dynamo.documents), TENANT, { limit: 3 }, filter, sort)

it('sorts no more by name than it may read for one page, and says how to ask for fewer', async () => {
  await expect(list({}, 'name')).rejects.toMatchObject({ code: 'out_of_range', errors: [{ pointer: '/sort' }] })
  const { items } = await list({ created_after: isoTime(START + 10 * MINUTE) }, 'name')
  expect(items.map(({ name }) => name)).toEqual(['n0', 'n0', 'n0'])
}, 60_000)

it('reads nothing outside of the moments that are asked for', async () => {
  queries = 0
  const from = isoTime(START + 1_500 * MINUTE)
  const { items, next } = await list({ created_after: from, created_before: isoTime(START + 1_503 * MINUTE) })
  expect(items.map(({ created_at }) => created_at)).toEqual([1_502, 1_501].map((i) => isoTime(START + i * MINUTE)))
  expect(next).toBeUndefined()
  expect(queries).toBeLessThanOrEqual(2)
})

it('gives a short page and a place to go on from rather than reading on and on for what is rare', async () => {
  queries = 0
  const { items, next } = await list({ name: 'none of them' })
  expect([items, typeof next]).toEqual([[], 'string'])
  expect(queries).toBeLessThanOrEqual(10)
})
