import { RemovalPolicy } from 'aws-cdk-lib'
import type { Key } from 'aws-cdk-lib/aws-kms'
import type { LogGroupProps } from 'aws-cdk-lib/aws-logs'
import type { CellConfig } from './config.ts'

/** What all log groups of a cell have in common. */
export type LogSettings = Pick<LogGroupProps, 'retention' | 'removalPolicy' | 'encryptionKey'>

export const logSettings = ({ logRetentionDays }: CellConfig, key: Key | undefined): LogSettings => ({
  retention: logRetentionDays,
  removalPolicy: RemovalPolicy.DESTROY,
  ...(key ? { encryptionKey: key } : {}),
})
