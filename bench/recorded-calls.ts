import { randomUUID } from 'node:crypto'
import {
  DeleteCommand,
  type DeleteCommandInput,
  type DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'

/** A call as it was made, and which of those before it had been answered by then. */
export interface RecordedCall {
  command: string
  input: object
  after: number[]
  failed: boolean
}

/** Notes what is sent to the table, before the SDK makes anything of it. `take` answers what came since it was last asked. */
export function recordCalls(documents: DynamoDBDocumentClient): () => RecordedCall[] {
  let calls: (RecordedCall & { answered: boolean })[] = []
  documents.middlewareStack.add(
    (next, context) => async (args) => {
      const after = calls.flatMap(({ answered }, index) => (answered ? [index] : []))
      const call = { command: String(context.commandName), input: args.input, after, answered: false, failed: true }
      calls.push(call)
      try {
        const answer = await next(args)
        call.failed = false
        return answer
      } finally {
        call.answered = true
      }
    },
    { name: 'recordCalls', step: 'initialize', priority: 'high' },
  )
  return () => {
    const taken = calls
    calls = []
    return taken
  }
}

const Several = z.looseObject({ TransactItems: z.array(z.record(z.string(), z.looseObject({ TableName: z.string() }))) })

/** The same input for another table. A transaction's token is good for one transaction. */
function moved(input: object, TableName: string): object {
  const several = Several.safeParse(input)
  if (!several.success) return { ...input, TableName }
  const TransactItems = several.data.TransactItems.map((item) =>
    Object.fromEntries(Object.entries(item).map(([kind, write]) => [kind, { ...write, TableName }])),
  )
  return { ...several.data, ...('ClientRequestToken' in input ? { ClientRequestToken: randomUUID() } : {}), TransactItems }
}

type Send = (documents: DynamoDBDocumentClient, input: object) => Promise<unknown>
const SEND: Partial<Record<string, Send>> = {
  GetItemCommand: (documents, input) => documents.send(new GetCommand(z.custom<GetCommandInput>().parse(input))),
  QueryCommand: (documents, input) => documents.send(new QueryCommand(z.custom<QueryCommandInput>().parse(input))),
  PutItemCommand: (documents, input) => documents.send(new PutCommand(z.custom<PutCommandInput>().parse(input))),
  UpdateItemCommand: (documents, input) => documents.send(new UpdateCommand(z.custom<UpdateCommandInput>().parse(input))),
  DeleteItemCommand: (documents, input) => documents.send(new DeleteCommand(z.custom<DeleteCommandInput>().parse(input))),
  TransactWriteItemsCommand: (documents, input) =>
    documents.send(new TransactWriteCommand(z.custom<TransactWriteCommandInput>().parse(input))),
}

/**
 * What makes the same calls again, each as soon as those have been answered for which it had waited. Prepared beforehand: only the calls
 * are what is measured.
 * @throws when a call that succeeded fails now, or one that failed succeeds
 */
export function replay(calls: RecordedCall[], table: string): (documents: DynamoDBDocumentClient) => Promise<void> {
  const prepared = calls.map(({ command, input, after, failed }) => {
    const send = SEND[command]
    if (!send) throw new Error(`there is no way to make ${command} again`)
    return { send, input: moved(input, table), after, failed, command }
  })
  return async (documents) => {
    const made: Promise<void>[] = []
    for (const { send, input, after, failed, command } of prepared) {
      const begin = Promise.all(after.map((index) => made[index])).then(() => send(documents, input))
      const settled = begin.then(
        () => {
          if (failed) throw new Error(`${command} succeeds, which failed before`)
        },
        (error: unknown) => {
          if (!failed) throw new Error(`${command} fails, which succeeded before`, { cause: error })
        },
      )
      made.push(settled)
    }
    await Promise.all(made)
  }
}
