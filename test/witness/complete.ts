import { DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import { clientConfig } from './aws.ts'
import type { Target } from './cdk-cli.ts'

/** Something that the emulator's CloudFormation leaves out and its own API does. */
export interface Completed {
  what: string
  reason: string
}

const Table = z.object({
  TableName: z.string(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }).optional(),
})
const REASON = "ministack's CloudFormation leaves it out: sent to its DynamoDB as the template has it"

/** Tells the table what its template says and CloudFormation did not. */
export async function completeTable(properties: unknown, { url, region }: Target): Promise<Completed[]> {
  const { TableName, TimeToLiveSpecification, PointInTimeRecoverySpecification } = Table.parse(properties)
  const client = new DynamoDBClient(clientConfig(url, region))
  const done: Completed[] = []
  if (TimeToLiveSpecification) {
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
    done.push({ what: 'TimeToLiveSpecification of the table', reason: REASON })
  }
  if (PointInTimeRecoverySpecification) {
    await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }))
    done.push({ what: 'PointInTimeRecoverySpecification of the table', reason: REASON })
  }
  client.destroy()
  return done
}
