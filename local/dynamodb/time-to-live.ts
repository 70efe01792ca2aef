import * as z from 'zod'
import { AwsError } from '../aws/service.ts'
import type { TableSpec } from '../template/tables.ts'
import type { DynoxideClient } from './client.ts'
import { scan } from './scan.ts'

function expiredKeys(client: DynoxideClient, { name, keys, ttlAttribute }: TableSpec, seconds: string): Promise<object[]> {
  return scan(client, {
    TableName: name,
    FilterExpression: '#ttl <= :now',
    ProjectionExpression: keys.map((_, i) => `#k${i}`).join(', '),
    ExpressionAttributeNames: {
      ...Object.fromEntries(keys.map(({ AttributeName }, i) => [`#k${i}`, AttributeName])),
      '#ttl': ttlAttribute,
    },
    ExpressionAttributeValues: { ':now': { N: seconds } },
  })
}

/** Whether it was deleted: somebody may have prolonged it meanwhile. */
async function remove(client: DynoxideClient, { name, ttlAttribute }: TableSpec, Key: object, seconds: string): Promise<boolean> {
  const condition = {
    ConditionExpression: '#ttl <= :now',
    ExpressionAttributeNames: { '#ttl': ttlAttribute },
    ExpressionAttributeValues: { ':now': { N: seconds } },
  }
  try {
    await client.call('DynamoDB_20120810.DeleteItem', { TableName: name, Key, ...condition }, z.object({}))
    return true
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return false
    throw error
  }
}

/**
 * Deletes what has expired by a clock that is not the embedded server's own.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 * @returns how many items
 */
export async function deleteExpired(client: DynoxideClient, tables: TableSpec[], now: number): Promise<number> {
  const seconds = String(Math.floor(now / 1000))
  let deleted = 0
  for (const spec of tables) {
    if (spec.ttlAttribute === undefined) continue
    for (const key of await expiredKeys(client, spec, seconds)) if (await remove(client, spec, key, seconds)) deleted += 1
  }
  return deleted
}
