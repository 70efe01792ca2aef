import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { isoTime } from './clock.ts'
import { DUE_INDEX, type DueKind, dueShards } from './table.ts'
import type { OwnTableDeps, TenantTable } from './tenant-table.ts'
import { unlessRefused } from './unless-refused.ts'

/** The due index projects keys only: whoever acts on one reads the item, or writes to it conditionally. */
const DueItem = z.object({ pk: z.string(), sk: z.string(), due_pk: z.string(), due_at: z.string() })
export type DueItem = z.infer<typeof DueItem>

const Due = z.array(DueItem)

/**
 * Moves `due_at` on, on condition that it is what was read: of two sweeps one acts, and the next one should that fail.
 * @returns the item, or false when another was faster
 */
export const takeDue = (table: TenantTable, item: DueItem, againAt: number): Promise<unknown> =>
  table
    .update(item.sk, {
      update: 'SET due_at = :later',
      condition: 'due_at = :seen',
      values: { ':later': isoTime(againAt), ':seen': item.due_at },
    })
    .catch(unlessRefused)

export type DueDeps = OwnTableDeps & {
  /** Told what was found to be due, before anything is done about it. */
  noteDue?: (items: DueItem[]) => void
}

/** Up to `limit` items of one shard; more than a page of 1 MB is for the next look. */
async function dueOfShard(
  { ownDocuments, tableName }: OwnTableDeps,
  shard: string,
  wanted: { now: number; limit: number },
): Promise<DueItem[]> {
  const answer = await ownDocuments.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'due_pk = :shard AND due_at <= :now',
      ExpressionAttributeValues: { ':shard': shard, ':now': isoTime(wanted.now) },
      Limit: wanted.limit,
    }),
  )
  return Due.parse(answer.Items ?? [])
}

/** Up to `limit` items of each of the kind's shards whose `due_at` is past, longest overdue first within a shard. */
export async function dueItems(deps: DueDeps, wanted: { now: number; kind: DueKind; limit: number }): Promise<DueItem[]> {
  const items = (await Promise.all(dueShards(wanted.kind).map((shard) => dueOfShard(deps, shard, wanted)))).flat()
  deps.noteDue?.(items)
  return items
}
