import * as z from 'zod'
import type { TableSpec } from '../../template/tables.ts'
import { type Account, type Arn, type Asks, anything, arnIn } from './ask.ts'
import { type GroupTags, groupAsks } from './groups.ts'
import { tableAsks } from './table.ts'
import { taskAsks } from './tasks.ts'

const Parameter = z.object({ Name: z.string() })
const Queue = z.object({ QueueUrl: z.url() })
const Execution = z.object({ stateMachineArn: z.string() })
/** See `callOf`: what a path names. */
const InPath = z.object({ id: z.string() })

function otherAsks(arn: Arn): Asks {
  const functionArn = (name: string): string => arn('lambda', name.startsWith('arn:') ? name : `function:${name}`)
  const parameter =
    (action: string): Asks[string] =>
    (input) => [{ action: `ssm:${action}`, resource: arn('ssm', `parameter${Parameter.parse(input).Name}`) }]
  const names =
    (action: string): Asks[string] =>
    (input) => [{ action: `route53:${action}`, resource: `arn:aws:route53:::hostedzone/${InPath.parse(input).id}` }]
  return {
    'ssm:GetParameter': parameter('GetParameter'),
    'ssm:DescribeParameters': anything('ssm:DescribeParameters'),
    'ssm:PutParameter': parameter('PutParameter'),
    'ssm:DeleteParameter': parameter('DeleteParameter'),
    'route53:ChangeResourceRecordSets': names('ChangeResourceRecordSets'),
    'route53:ListResourceRecordSets': names('ListResourceRecordSets'),
    'sqs:SendMessage': (input) => [
      { action: 'sqs:SendMessage', resource: arn('sqs', new URL(Queue.parse(input).QueueUrl).pathname.split('/').at(-1) ?? '') },
    ],
    'states:StartExecution': (input) => [{ action: 'states:StartExecution', resource: Execution.parse(input).stateMachineArn }],
    'lambda:Invoke': (input) => [{ action: 'lambda:InvokeFunction', resource: functionArn(InPath.parse(input).id) }],
  }
}

export interface Facts extends Account {
  tables: TableSpec[]
  groupTags: GroupTags
}

/** Every operation of which somebody has written down what it asks for. */
export function knownAsks({ tables, groupTags, ...account }: Facts): Asks {
  const arn = arnIn(account)
  return { ...tableAsks(arn, tables), ...taskAsks(arn), ...groupAsks(arn, groupTags), ...otherAsks(arn) }
}
