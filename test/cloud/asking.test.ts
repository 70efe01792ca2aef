import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { AcceptedCluster, Cluster, ExpandedCluster } from '../../shared/contract/cluster.ts'
import { ClusterPreview } from '../../shared/contract/cluster-preview.ts'
import { Operation } from '../../shared/contract/operation.ts'
import { type Cell, ended, givenCell, RING } from '../support/given-cell.ts'

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
}, 120_000)
afterAll(() => cell?.stop())

async function ask(method: string, path: string, { headers = {}, body }: { headers?: Record<string, string>; body?: object } = {}) {
  const response = await fetch(`${cell.cloud.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${cell.demo.key}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const answer: unknown = await response.json()
  return { status: response.status, headers: Object.fromEntries(response.headers), body: answer }
}
const list = async (query: string): Promise<string[]> => {
  const { body } = await ask('GET', `/v1/clusters?${query}`)
  return Reflect.get(Object(body), 'items').map(({ name }: { name: string }) => name)
}

describe('a tenant’s program', () => {
  it('is told where a ring would go, makes it, and finds it there; in one request, for which it waits', async () => {
    const dry = await ask('POST', '/v1/clusters?dry_run=true', { body: RING })
    expect(dry.status).toBe(200)
    const foreseen = ClusterPreview.parse(dry.body)
    expect(foreseen.placement).toMatchObject({ possible: true, missing: [] })
    expect(new Set(foreseen.placement.nodes.map(({ host }) => host)).size).toBe(3)
    expect(await list('')).toEqual([])

    const body = { ...RING, name: 'Orders', labels: { team: 'checkout', note: 'a,b' }, deletion_protection: true }
    const made = await ask('POST', '/v1/clusters', { body, headers: { prefer: 'wait=20' } })
    expect(made).toMatchObject({ status: 202, headers: { 'preference-applied': 'wait=20' } })
    const { id, state, operation } = AcceptedCluster.parse(made.body)
    expect({ state, ended: operation.state, progress: operation.progress_percent }).toEqual({
      state: 'ready',
      ended: 'succeeded',
      progress: 100,
    })

    const { nodes, connection } = ExpandedCluster.parse(
      (await ask('GET', `/v1/clusters/${id}?expand=nodes,connection&expand=operation`)).body,
    )
    expect(nodes?.map(({ ordinal, az, host }) => ({ ordinal, az, host }))).toEqual(
      foreseen.placement.nodes.map(({ ordinal, az, host }) => ({ ordinal, az, host })),
    )
    expect(connection?.clients.length).toBeGreaterThan(5)
    expect(await list('label=team:checkout&label=note:a%5C%2Cb&name=ord')).toEqual(['Orders'])
    expect(await list('label=team:search')).toEqual([])

    expect(await ask('DELETE', `/v1/clusters/${id}`)).toMatchObject({ status: 409, body: { code: 'deletion_protected' } })
    const headers = { 'content-type': 'application/merge-patch+json' }
    const { headers: seen } = await ask('GET', `/v1/clusters/${id}`)
    const patched = await ask('PATCH', `/v1/clusters/${id}`, {
      body: { deletion_protection: null },
      headers: { ...headers, 'if-match': seen.etag ?? '' },
    })
    expect([patched.status, Cluster.parse(patched.body).available_actions]).toEqual([200, ['update', 'delete', 'connect']])
    const removed = await ask('DELETE', `/v1/clusters/${id}`, { headers: { prefer: 'wait=20', 'if-match': patched.headers.etag ?? '' } })
    expect(removed).toMatchObject({ status: 202, body: { state: 'deleted', operation: { state: 'succeeded', progress_percent: 100 } } })
  }, 90_000)

  it('changes its mind: a create that is canceled leaves nothing behind, and its progress never fell', async () => {
    const { id, operation } = AcceptedCluster.parse((await ask('POST', '/v1/clusters', { body: RING })).body)
    const progress: number[] = []
    let now = operation
    while (now.state === 'running' && !now.steps.some(({ name }) => name === 'LaunchNodes')) {
      progress.push(now.progress_percent)
      now = Operation.parse((await ask('GET', `/v1/operations/${operation.id}`)).body)
    }
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
    const canceled = await ask('POST', `/v1/operations/${operation.id}/cancel`)
    expect(canceled).toMatchObject({ status: 202, body: { id: operation.id, state: 'canceled', error: { code: 'canceled' } } })
    const takenBack = await ended(cell.tenant, Operation.parse(canceled.body).superseded_by ?? '')
    expect(takenBack).toMatchObject({ type: 'delete', state: 'succeeded', cluster_id: id })
    expect(cell.cloud.ecs.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED')).toEqual([])
    expect(await ask('GET', `/v1/clusters/${id}`)).toMatchObject({ status: 404 })
  }, 90_000)
})
