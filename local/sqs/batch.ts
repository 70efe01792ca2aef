import * as z from 'zod'
import { AwsError } from '../aws/service.ts'

const MAX_ENTRIES = 10

/** The entries of a batch call. */
export const entries = <S extends z.ZodRawShape>(shape: S) => z.array(z.strictObject({ Id: z.string(), ...shape }))

/** Does each entry by itself: some may fail. */
export function eachEntry<E extends { Id: string }, R extends object>(
  list: E[],
  run: (entry: E) => R,
): { Successful: ({ Id: string } & R)[]; Failed: object[] } {
  if (list.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.')
  if (list.length > MAX_ENTRIES)
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${list.length}.`,
    )
  if (new Set(list.map(({ Id }) => Id)).size < list.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two entries of the request have the same Id.')
  const answer: { Successful: ({ Id: string } & R)[]; Failed: object[] } = { Successful: [], Failed: [] }
  for (const entry of list) {
    try {
      answer.Successful.push({ Id: entry.Id, ...run(entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      answer.Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message })
    }
  }
  return answer
}
