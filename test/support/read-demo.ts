import { Cluster as Client } from 'ioredis'
import { addressesOf } from '../../local/demo/use-ring.ts'
import type { Connection } from '../../shared/contract/cluster.ts'

/** How many of the demo's 64 keys have the values that were written; as whoever wrote them reads them. @throws when the ring does not serve them all */
export async function readDemo(connection: Connection): Promise<number> {
  const client = new Client(addressesOf(connection), {
    redisOptions: { username: connection.username, password: connection.password, connectTimeout: 2000 },
    clusterRetryStrategy: () => null,
  })
  try {
    const keys = Array.from({ length: 64 }, (_, i) => `demo:${i}`)
    const values = await Promise.all(keys.map((key) => client.get(key)))
    return values.filter((value, i) => value === `value of ${keys[i]}`).length
  } finally {
    client.disconnect()
  }
}
