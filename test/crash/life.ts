import { AcceptedCluster } from '../../shared/contract/cluster.ts'
import { type Cell, ended, givenCell, RING } from '../support/given-cell.ts'
import { type Leftovers, leftovers, NOTHING } from '../support/leftovers.ts'
import { createReaper, type Moment, type Reaper } from './moment.ts'

/** A local cloud whose workers die on demand. */
export interface CrashCell {
  cell: Cell
  reaper: Reaper
}

export async function givenCrashCell(): Promise<CrashCell> {
  let cell: Cell | undefined
  const reaper = createReaper((name) => cell?.cloud.lambda.kill(cell.cloud.functionName(name)))
  cell = await givenCell({ around: reaper.around, onError: () => undefined })
  return { cell, reaper }
}

const PATIENCE_MS = 180_000
const TRIES = 20

/** As a careful caller does: the same key until there is an answer that is no failure of ours. */
async function insist({ cell }: CrashCell, method: string, path: string, key: string, body?: object): Promise<AcceptedCluster> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const response = await fetch(`${cell.cloud.apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${cell.demo.key}`,
        'idempotency-key': key,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const answer: unknown = await response.json()
    if (response.ok) return AcceptedCluster.parse(answer)
    if (response.status < 500) throw new Error(`${method} ${path} answered ${response.status} ${JSON.stringify(answer)}`)
  }
  throw new Error(`${method} ${path} had no answer in ${TRIES} tries`)
}

/** What came of one life of a ring. */
export interface Outcome {
  created: string
  deleted: string
  /** Whether the receiver was told that the ring is ready. */
  told: boolean
  left: Leftovers
  struck: boolean
}

export const CLEAN: Outcome = { created: 'succeeded', deleted: 'succeeded', told: true, left: NOTHING, struck: true }

/** A create and a delete through the API, with a worker that dies at the moment. */
export async function live(crash: CrashCell, moment?: Moment): Promise<Outcome> {
  const { cell, reaper } = crash
  const { tenant, receiver, cloud, demo } = cell
  reaper.arm(moment)
  const run = crypto.randomUUID()
  const cluster = await reaper.whileAsking(() => insist(crash, 'POST', '/v1/clusters', `create-${run}`, RING))
  const created = await ended(tenant, cluster.operation.id, PATIENCE_MS)
  const event = await receiver.next(cluster.id, ['cluster.ready', 'cluster.failed'], PATIENCE_MS)
  const gone = await reaper.whileAsking(() => insist(crash, 'DELETE', `/v1/clusters/${cluster.id}`, `delete-${run}`))
  const deleted = await ended(tenant, gone.operation.id, PATIENCE_MS)
  await receiver.next(cluster.id, ['cluster.deleted'], PATIENCE_MS)
  // Waits for the last that moves: some calls come after all that a tenant sees.
  const left = await leftovers(cloud, demo.tenant_id)
  return { created: created.state, deleted: deleted.state, told: event.type === 'cluster.ready', left, struck: reaper.struck() }
}
