import type { Call } from './call.ts'
import { dynamodbCalls } from './dynamodb-calls.ts'
import { ec2Calls } from './ec2-calls.ts'
import { route53Calls } from './route53-calls.ts'
import { sqsCalls } from './sqs-calls.ts'
import { ssmCalls } from './ssm-calls.ts'
import { statesCalls } from './states-calls.ts'
import { stsCalls } from './sts-calls.ts'

/** Everything that is sent to both, in this order. */
export const CALLS: Call[] = [...ssmCalls, ...ec2Calls, ...route53Calls, ...sqsCalls, ...stsCalls, ...statesCalls, ...dynamodbCalls]
