import { isIP } from 'node:net'
import { Cluster } from 'ioredis'
import type { Connection } from '../../shared/contract/cluster.ts'
import { nodesOf, type Seen, Slots } from '../ring-slots.ts'

const KEYS = Array.from({ length: 64 }, (_, i) => `demo:${i}`)
const contentOf = (key: string): string => `value of ${key}`

const within = async <T>(ms: number, what: string, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** The addresses alone: this machine's resolver does not ask the cell's zone, as the tenants' networks do. */
export const addressesOf = (connection: Connection): Connection['endpoints'] => connection.endpoints.filter(({ host }) => isIP(host) !== 0)

export interface Used {
  written: number
  /** How many keys came back right. */
  read: number
  nodes: Seen[]
}

async function withRing<T>(connection: Connection, use: (ring: Cluster) => Promise<T>): Promise<T> {
  const ring = new Cluster(addressesOf(connection), {
    redisOptions: { username: connection.username, password: connection.password, connectTimeout: 5000 },
    clusterRetryStrategy: () => null,
  })
  // What a call needs fails with that call.
  ring.on('error', () => undefined)
  try {
    return await use(ring)
  } finally {
    ring.disconnect()
  }
}

async function readAll(ring: Cluster): Promise<Used> {
  const values = await within(10_000, 'reading', Promise.all(KEYS.map((key) => ring.get(key))))
  const nodes = [...nodesOf(Slots.parse(await ring.cluster('SLOTS'))).values()]
  return { written: KEYS.length, read: values.filter((value, i) => value === contentOf(KEYS[i] ?? '')).length, nodes }
}

/** Writes and reads as the tenant, over every shard, through an ordinary cluster client. */
export const useRing = (connection: Connection): Promise<Used> =>
  withRing(connection, async (ring) => {
    await within(10_000, 'writing', Promise.all(KEYS.map((key) => ring.set(key, contentOf(key)))))
    return readAll(ring)
  })

/** Reads only what `useRing` wrote at another time. */
export const readRing = (connection: Connection): Promise<Used> => withRing(connection, readAll)
