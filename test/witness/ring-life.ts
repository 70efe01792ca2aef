import type { Api } from '../../local/demo/api.ts'
import { useRing } from '../../local/demo/use-ring.ts'
import { AcceptedCluster, Cluster, Connection } from '../../shared/contract/cluster.ts'
import { deleteRing, ended } from '../support/given-cell.ts'
import type { WitnessCell } from './cell.ts'
import { executions } from './executions.ts'
import { nothingLeft, somethingThere } from './left-over.ts'
import { expectSame, type Witness } from './witnessed.ts'

const WITHIN_MS = 120_000

/** A ring to be made, and how its nodes are to be on the network. */
export interface Wanted {
  name: string
  network: 'own' | 'shared'
  body: { engine: string; version?: string; shards: number; replicas: number; size: string }
}

interface Life extends Pick<Witness, 'see'> {
  cell: WitnessCell
  tenant: Api
  tenantId: string
}

async function succeeded(tenant: Api, operationId: string): Promise<void> {
  const { state, error } = await ended(tenant, operationId, WITHIN_MS)
  expectSame('operation', { state, error }, { state: 'succeeded' })
}

/** Makes a ring over the emulator's HTTP API, and uses it. Answers its id, or undefined when it was not made. */
export async function makeRing({ cell, tenant, tenantId, see }: Life, { name, network, body }: Wanted): Promise<string | undefined> {
  const key = crypto.randomUUID()
  const post = (): Promise<AcceptedCluster> => tenant.call('POST', '/v1/clusters', AcceptedCluster, body, key)
  const id = await see(`${name}: POST /v1/clusters`, async () => {
    const accepted = await post()
    await succeeded(tenant, accepted.operation.id)
    const { state, node_count } = await tenant.call('GET', `/v1/clusters/${accepted.id}`, Cluster)
    expectSame('state', state, 'ready')
    await somethingThere(cell, tenantId, accepted.id, network)
    return { seen: `${state}, ${node_count} real nodes, ${network} network`, found: accepted.id }
  })
  if (id === undefined) return undefined
  await see(`${name}: the same POST again`, async () => {
    expectSame('id', (await post()).id, id)
    return { seen: 'is the same ring', found: true }
  })
  await see(`${name}: its client reads what it wrote`, async () => {
    const { read, written, nodes } = await useRing(await tenant.call('GET', `/v1/clusters/${id}/connection`, Connection))
    expectSame('read', read, written)
    return { seen: `${read} keys over ${nodes.length} nodes`, found: true }
  })
  return id
}

/** Takes a ring back, and looks for what it may have left. */
export async function takeRingBack({ cell, tenant, tenantId, see }: Life, { name }: Wanted, id: string): Promise<void> {
  await see(`${name}: DELETE`, async () => {
    await succeeded(tenant, (await deleteRing(tenant, id)).operation.id)
    await nothingLeft(cell, tenantId, id)
    return { seen: 'no task, definition, group, parameter, name, node, lease or quota is left', found: true }
  })
  await see(`${name}: its state machine`, () => executions(cell, id))
}
