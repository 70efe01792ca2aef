import { AcceptedCluster, Cluster } from '../../shared/contract/cluster.ts'
import { Operation } from '../../shared/contract/operation.ts'
import { type Api, ApiProblem } from './api.ts'
import { follow } from './progress.ts'
import type { Receiver } from './receiver.ts'
import type { Screen } from './screen.ts'
import { Trouble } from './trouble.ts'

/** The image that the demo's ring is made of, to be there before it is asked for; the version in the request is its own. */
export const RING_IMAGE = 'valkey/valkey:9.1'
const RING = { engine: 'valkey', version: '9.1', name: 'demo', shards: 3, replicas: 1, size: '256m' }

/** Also on a machine that is busy with other things. */
const READY_WITHIN_MS = 300_000
const GONE = ['deleting', 'deleted', 'failed']

export interface KnownRing {
  id: string
  operationId: string
  ready: boolean
  nodes: number
}

/** The ring as the API knows it; undefined when there is none any more, or none that will ever work. */
export async function findRing(tenant: Api, clusterId: string): Promise<KnownRing | undefined> {
  try {
    const { id, state, operation_id: operationId, node_count: nodes } = await tenant.call('GET', `/v1/clusters/${clusterId}`, Cluster)
    if (GONE.includes(state) || operationId === undefined) return undefined
    return { id, operationId, nodes, ready: state === 'ready' }
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return undefined
    throw error
  }
}

/** Asks for the ring. With the same key it is the same ring, however often it is asked for. */
export async function postRing(tenant: Api, key: string): Promise<KnownRing> {
  const { id, operation, node_count: nodes } = await tenant.call('POST', '/v1/clusters', AcceptedCluster, RING, key)
  return { id, operationId: operation.id, nodes, ready: false }
}

const failed = (operation: Operation): Trouble =>
  new Trouble(
    `The ring failed: ${operation.error?.message ?? 'no reason was given'}`,
    'What had been started for it was taken back; start again to try again.',
  )

export interface Formed {
  operation: Operation
  /** Epoch milliseconds; undefined when an earlier start asked for it. */
  postedAt: number | undefined
  /** When its webhook came; undefined when it may have come to an earlier start. */
  toldAt: number | undefined
}

/**
 * Follows a create to its end, and to its signed webhook, which is all that a tenant needs to learn that the ring is there.
 * @throws Trouble when the ring failed
 */
export async function awaitRing(tenant: Api, receiver: Receiver, operationId: string, screen: Screen): Promise<Omit<Formed, 'postedAt'>> {
  const first = await tenant.call('GET', `/v1/operations/${operationId}`, Operation)
  const operation = await follow(tenant, operationId, READY_WITHIN_MS, screen)
  if (operation.state !== 'succeeded') throw failed(operation)
  if (first.state === 'succeeded') return { operation, toldAt: undefined }
  screen.status('waiting for the webhook')
  const event = await receiver.next(operation.cluster_id, ['cluster.ready'], READY_WITHIN_MS).finally(() => screen.status(undefined))
  return { operation, toldAt: event.at }
}
