import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { documentClient } from '../shared/platform/aws-clients.ts'
import { systemClock } from '../shared/platform/clock.ts'
import { idMaker } from '../shared/platform/ids.ts'
import { issuePlatformKey } from '../shared/tenants/keys.ts'

/** Writes a platform key into the cell's table, as an operator with rights on it: no route does. Answers it, for the only time. */
export async function makePlatformKey(client: DynamoDBClient, tableName: string, name: string): Promise<{ id: string; key: string }> {
  const documents = documentClient(client)
  const deps = { keyDocumentsFor: () => documents, tableName, clock: systemClock, newId: idMaker(systemClock.now), random: randomBytes }
  return issuePlatformKey(deps, name)
}

const USAGE = 'usage: npm run platform-key -- --table <the cell’s table> [--name <what it is for>] [--region <region>]'

/** Answers the exit code. The key alone goes to standard output. */
async function main(args: string[]): Promise<number> {
  const options = { table: { type: 'string' }, name: { type: 'string', default: 'operator' }, region: { type: 'string' } } as const
  try {
    const { table, name, region } = parseArgs({ args, options }).values
    if (!table) throw new Error(USAGE)
    // Credentials, and the region if none is given, are those that the AWS CLI would use.
    const client = new DynamoDBClient(region ? { region } : {})
    const { id, key } = await makePlatformKey(client, table, name)
    console.error(`Made platform key ${id} in table ${table}. It is shown once; it may make tenants and their keys:`)
    console.log(key)
    return 0
  } catch (error) {
    console.error(Error.isError(error) ? error.message : error)
    return 1
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
