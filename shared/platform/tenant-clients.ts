import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type AssumeRole, roleAssumer } from './assume-role.ts'
import { documentClient } from './aws-clients.ts'
import { type Clock, systemClock } from './clock.ts'
import { recentlyUsed } from './recent.ts'
import type { TenantId } from './table.ts'
import { renewing } from './tenant-credentials.ts'

/** Tenants whose clients and credentials one instance of a function remembers: about 40 kB each. */
const REMEMBERED = 250

export interface TableClients {
  /** With the function's own credentials, which reach no item of a tenant. */
  ownDocuments: DynamoDBDocumentClient
  /** A client for each tenant, whose credentials the role gives for that tenant alone. Asks nobody before it is used. */
  under(roleArn: string): (tenant: TenantId) => DynamoDBDocumentClient
}

/** The clients of one table: they differ in their credentials and share all connections. */
export function tableClients(options: { client?: DynamoDBClient; clock?: Clock; assume?: AssumeRole } = {}): TableClients {
  const { client = new DynamoDBClient({}), clock = systemClock } = options
  const assume = options.assume ?? roleAssumer({ client, clock })
  const { region, requestHandler, maxAttempts } = client.config
  return {
    ownDocuments: documentClient(client),
    under: (roleArn) =>
      recentlyUsed(REMEMBERED, (tenant) => {
        const credentials = renewing(() => assume(roleArn, tenant), clock.now)
        return documentClient(new DynamoDBClient({ region, requestHandler, maxAttempts, credentials }))
      }),
  }
}
