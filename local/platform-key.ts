import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { documentClient } from '../shared/platform/aws-clients.ts'
import { systemClock } from '../shared/platform/clock.ts'
import { idMaker } from '../shared/platform/ids.ts'
import { issuePlatformKey, listPlatformKeys, revokePlatformKey } from '../shared/tenants/platform-keys.ts'

/** With an operator's rights on the whole table. */
function operatorDeps(client: DynamoDBClient, tableName: string) {
  const documents = documentClient(client)
  const reaching = { documentsFor: () => documents, keyDocumentsFor: () => documents, tableName }
  return { ...reaching, clock: systemClock, newId: idMaker(systemClock.now), random: randomBytes }
}

/** Writes a platform key into the cell's table, as an operator with rights on it: no route does. Answers it, for the only time. */
export const makePlatformKey = (client: DynamoDBClient, tableName: string, name: string): Promise<{ id: string; key: string }> =>
  issuePlatformKey(operatorDeps(client, tableName), name)

const USAGE =
  'usage: npm run platform-key -- --table <the cell’s table> [--name <what it is for> | --list | --revoke <key id>] [--region <region>]'
const HELP = `${USAGE}

Makes a platform key, or shows and ends those there are. Only a new key goes to standard output, and it is shown once.
  --table    the cell's table, which has the cell's name
  --name     what the new key is for; "operator" when left out
  --list     the keys there are: id, state, when made, when last used, what for
  --revoke   the id of one: no request is let in with it from then on
  --region   where the cell is; else as the AWS CLI would have it, as credentials are
It needs dynamodb:PutItem on the table; GetItem, UpdateItem and Query for --list and --revoke.`

async function list(client: DynamoDBClient, table: string): Promise<void> {
  const keys = await listPlatformKeys(operatorDeps(client, table))
  for (const { id, state, name, created_at, last_used_at = 'never' } of keys) {
    console.log(`${id}  ${state.padEnd(7)}  made ${created_at}  last used ${last_used_at}  ${name ?? ''}`)
  }
}

/** The key alone goes to standard output. */
async function make(client: DynamoDBClient, table: string, name: string): Promise<void> {
  const { id, key } = await makePlatformKey(client, table, name)
  console.error(`Made platform key ${id} in table ${table}. It is shown once; it may make tenants and their keys:`)
  console.log(key)
}

const options = {
  table: { type: 'string' },
  name: { type: 'string', default: 'operator' },
  list: { type: 'boolean' },
  revoke: { type: 'string' },
  region: { type: 'string' },
  help: { type: 'boolean' },
} as const

/** Answers the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const asked = parseArgs({ args, options }).values
    if (asked.help) {
      console.log(HELP)
      return 0
    }
    if (!asked.table || (asked.list && asked.revoke !== undefined)) throw new Error(USAGE)
    // Credentials, and the region if none is given, are those that the AWS CLI would use.
    const client = new DynamoDBClient(asked.region ? { region: asked.region } : {})
    if (asked.list) await list(client, asked.table)
    else if (asked.revoke === undefined) await make(client, asked.table, asked.name)
    else {
      await revokePlatformKey(operatorDeps(client, asked.table), asked.revoke)
      console.error(`Revoked platform key ${asked.revoke}: no request is let in with it from now on`)
    }
    return 0
  } catch (error) {
    console.error(Error.isError(error) ? error.message : error)
    return 1
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
