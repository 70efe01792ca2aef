import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { isoTime } from '../../shared/platform/clock.ts'
import { idMaker } from '../../shared/platform/ids.ts'
import { dueShard, sk } from '../../shared/platform/table.ts'
import { configOf, type Item, items, type Where } from '../../test/support/operator.ts'

/** So that the stream does not take the new record for a reason to look: who held it is long gone. */
const STALE_LEASE = { lease_holder: 'nobody', lease_expires_at: '2026-01-01T00:00:00.000Z' }

/**
 * Makes other records of a ring that is there: to the control plane another ring, with the same nodes behind it.
 * @param clusterId of a ready ring whose cluster and nodes are in the table
 * @param due when each of them is to be looked at, epoch milliseconds
 */
export async function addTwins(where: Where, clusterId: string, due: number[]): Promise<void> {
  const client = new DynamoDBClient(configOf(where))
  const documents = DynamoDBDocumentClient.from(client)
  const TableName = where.template.tables[0]?.name
  const all = await items(where)
  const cluster = all.find((item) => item.sk === sk.cluster(clusterId))
  const nodes = all.filter((item) => String(item.sk).startsWith(sk.nodes(clusterId)))
  if (!cluster || nodes.length === 0) throw new Error(`there are no records of ${clusterId}`)
  const newId = idMaker(() => Date.now())
  const put = (Item: Item): Promise<unknown> => documents.send(new PutCommand({ TableName, Item }))
  try {
    for (const moment of due) {
      const id = newId('cluster')
      const named = (item: Item): Item => ({ ...item, sk: String(item.sk).replace(clusterId, id) })
      await Promise.all(nodes.map((node) => put({ ...named(node), cluster_id: id })))
      await put({ ...named(cluster), ...STALE_LEASE, id, due_pk: dueShard(id), due_at: isoTime(moment) })
    }
  } finally {
    client.destroy()
  }
}
