import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { Clock } from './clock.ts'
import type { DefinitionRate } from './env.ts'
import { TURNS } from './table.ts'
import type { OwnTableDeps } from './tenant-table.ts'
import { unlessRefused } from './unless-refused.ts'

/**
 * Turns at what AWS allows an account so rarely that rings have to queue for it. Who has a turn asks once, at its time: nobody
 * is refused and nobody asks in vain.
 */
export interface Turns {
  /** Takes the next turn. Answers when it is, in milliseconds since the epoch: it may be past. */
  next(): Promise<number>
  /** Takes a turn that is now, unless it may be wanted by who asks for the next. Answers whether it did. */
  spare(): Promise<boolean>
}

/** A token bucket as one number: up to when its tokens are given away, which is in the past as long as there are any. */
const Bucket = z.object({ given_until: z.number() })

/**
 * The turns at task definitions of one cell, kept in its table. Who is refused all the same, because others in the account have used
 * it up, backs off.
 */
export function definitionTurns(deps: OwnTableDeps & { clock: Clock; rate: DefinitionRate }): Turns {
  const { ownDocuments, tableName, clock } = deps
  const { burst, interval_ms: interval } = deps.rate
  /** Turns that are left for rings that are made while others are removed. */
  const left = Math.floor(burst / 2)
  /** Answers up to when turns are given now, or undefined when the condition does not hold. */
  async function give(change: Pick<UpdateCommandInput, 'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'>) {
    const input = { TableName: tableName, Key: TURNS, ReturnValues: 'ALL_NEW' as const, ...change }
    const answer = await ownDocuments.send(new UpdateCommand(input)).catch(unlessRefused)
    return answer === false ? undefined : Bucket.parse(answer.Attributes).given_until
  }
  const another = { UpdateExpression: 'SET given_until = given_until + :one' }
  /** The first turn of a bucket that is full: it must not fill up further. */
  function first(now: number) {
    const full = now - burst * interval
    return give({
      UpdateExpression: 'SET given_until = :first',
      ConditionExpression: 'attribute_not_exists(given_until) OR given_until < :full',
      ExpressionAttributeValues: { ':first': full + interval, ':full': full },
    })
  }
  return {
    next: async () => {
      const taken = (await first(clock.now())) ?? (await give({ ...another, ExpressionAttributeValues: { ':one': interval } }))
      if (taken === undefined) throw new Error('a turn without a condition was refused')
      return taken
    },
    spare: async () => {
      const now = clock.now()
      const taken =
        (await first(now)) ??
        (await give({
          ...another,
          ConditionExpression: 'given_until <= :latest',
          ExpressionAttributeValues: { ':one': interval, ':latest': now - (left + 1) * interval },
        }))
      return taken !== undefined
    },
  }
}
