import * as z from 'zod'
import { AcceptedCluster, Cluster } from '../../shared/contract/cluster.ts'
import { type Cell, deleteRing, ended, givenCell, RING } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'

const Clusters = z.object({ items: z.array(Cluster) })

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
}, 300_000)
afterAll(() => cell?.stop())

async function post(key: string): Promise<Response> {
  const headers = { authorization: `Bearer ${cell.demo.key}`, 'content-type': 'application/json', 'idempotency-key': key }
  return fetch(`${cell.cloud.apiUrl}/v1/clusters`, { method: 'POST', headers, body: JSON.stringify(RING) })
}

/** As a careful caller does: the same key until there is an answer that is not a failure of ours. */
async function postUntilAnswered(key: string): Promise<{ cluster: AcceptedCluster; tries: number }> {
  for (let tries = 1; tries <= 20; tries += 1) {
    const response = await post(key)
    if (response.ok) return { cluster: AcceptedCluster.parse(await response.json()), tries }
    expect(response.status).toBe(500)
  }
  throw new Error('no answer in twenty tries')
}

test('a caller whose request died with the API asks again with its key, and gets one ring', async () => {
  const { cloud, tenant, demo } = cell
  const name = cloud.functionName('api')
  let tries = 0
  for (let delay = 0; delay < 10; delay += 1) {
    const asking = postUntilAnswered(`killed-${delay}`)
    await new Promise((resolve) => setTimeout(resolve, delay))
    cloud.lambda.kill(name)
    const answered = await asking
    tries += answered.tries
    const { items } = await tenant.call('GET', '/v1/clusters', Clusters)
    expect(items.map((cluster) => cluster.id)).toEqual([answered.cluster.id])
    const deleted = await deleteRing(tenant, answered.cluster.id)
    expect(await ended(tenant, deleted.operation.id)).toMatchObject({ state: 'succeeded' })
  }
  // Some of the kills must have met a request.
  expect(tries).toBeGreaterThan(10)
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
}, 300_000)
