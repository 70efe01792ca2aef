import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { AwsError } from '../../../local/aws/service.ts'
import { transactionConflict } from '../../../local/dynamodb/faults.ts'
import { documentClient } from '../../../shared/platform/aws-clients.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../../shared/platform/tenant-table.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'

const faults: AwsError[] = []
let dynamo: GivenDynamo
let table: TenantTable
beforeAll(async () => {
  dynamo = await givenDynamo({ faults: { next: () => faults.pop() } })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'local' }
  const documents = documentClient(new DynamoDBClient({ endpoint: dynamo.endpoint.url, region: 'eu-west-1', credentials }))
  table = tableFor(tableOver(documents), tenantId('ten_a'))
})
afterAll(() => dynamo.stop())

describe('the table’s client', () => {
  it('makes a single write again that met somebody’s transaction', async () => {
    faults.push(transactionConflict(), transactionConflict())
    await table.put('CLUSTER#1', { wake: 1 })
    expect(faults).toEqual([])
    faults.push(transactionConflict())
    expect(await table.update('CLUSTER#1', { update: 'SET wake = wake + :one', values: { ':one': 1 } })).toMatchObject({ wake: 2 })
  })

  it('gives up when it always does', async () => {
    faults.push(...Array.from({ length: 50 }, transactionConflict))
    await expect(table.put('CLUSTER#1', {})).rejects.toMatchObject({ name: 'TransactionConflictException' })
    faults.length = 0
  })
})
