import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { isoTime } from './clock.ts'
import { DUE_INDEX, dueShards } from './table.ts'
import type { OwnTableDeps } from './tenant-table.ts'

/** The due index projects keys only: whoever acts on one reads the item, or writes to it conditionally. */
const DueItem = z.object({ pk: z.string(), sk: z.string(), due_pk: z.string(), due_at: z.string() })
export type DueItem = z.infer<typeof DueItem>

/** Pages of up to 1 MB that one look at a shard reads at most: a backlog of one kind must not hide the other for ever. */
const MAX_PAGES = 20

async function dueOfShard(deps: OwnTableDeps, shard: string, wanted: { now: number; prefix: string; limit: number }): Promise<DueItem[]> {
  const found: DueItem[] = []
  let start: Record<string, unknown> | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await deps.ownDocuments.send(
      new QueryCommand({
        TableName: deps.tableName,
        IndexName: DUE_INDEX,
        KeyConditionExpression: 'due_pk = :shard AND due_at <= :now',
        ExpressionAttributeValues: { ':shard': shard, ':now': isoTime(wanted.now) },
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    )
    found.push(
      ...z
        .array(DueItem)
        .parse(answer.Items ?? [])
        .filter((item) => item.sk.startsWith(wanted.prefix)),
    )
    start = answer.LastEvaluatedKey
    if (!start || found.length >= wanted.limit) break
  }
  return found.slice(0, wanted.limit)
}

/** Up to `limit` items of each shard whose sort key has the prefix and whose `due_at` is past, longest overdue first within a shard. */
export async function dueItems(deps: OwnTableDeps, wanted: { now: number; prefix: string; limit: number }): Promise<DueItem[]> {
  return (await Promise.all(dueShards().map((shard) => dueOfShard(deps, shard, wanted)))).flat()
}
