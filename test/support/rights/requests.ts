import * as z from 'zod'
import { type Account, type Arn, type Asks, arnIn } from './ask.ts'
import type { Call } from './calls.ts'
import { groupAsks } from './groups.ts'
import type { Request } from './roles.ts'
import { tableAsks } from './table.ts'
import { taskAsks } from './tasks.ts'

const Parameter = z.object({ Name: z.string() })
const Queue = z.object({ QueueUrl: z.url() })
const Execution = z.object({ stateMachineArn: z.string() })
const InPath = z.object({ id: z.string() })

function otherAsks(arn: Arn): Asks {
  const parameter =
    (action: string): Asks[string] =>
    (input) => [{ action: `ssm:${action}`, resource: arn('ssm', `parameter${Parameter.parse(input).Name}`) }]
  const names =
    (action: string): Asks[string] =>
    (input) => [{ action: `route53:${action}`, resource: `arn:aws:route53:::hostedzone/${InPath.parse(input).id}` }]
  return {
    'ssm:GetParameter': parameter('GetParameter'),
    'ssm:PutParameter': parameter('PutParameter'),
    'ssm:DeleteParameter': parameter('DeleteParameter'),
    'route53:ChangeResourceRecordSets': names('ChangeResourceRecordSets'),
    'route53:ListResourceRecordSets': names('ListResourceRecordSets'),
    'sqs:SendMessage': (input) => [
      { action: 'sqs:SendMessage', resource: arn('sqs', new URL(Queue.parse(input).QueueUrl).pathname.split('/').at(-1) ?? '') },
    ],
    'states:StartExecution': (input) => [{ action: 'states:StartExecution', resource: Execution.parse(input).stateMachineArn }],
    'lambda:Invoke': (input) => [{ action: 'lambda:InvokeFunction', resource: arn('lambda', `function:${InPath.parse(input).id}`) }],
  }
}

/** What calls ask of IAM, each once. @throws for an operation whose actions nobody has written down */
export function requestsOf(calls: Call[], roleOf: (caller: string) => string, account: Account): Request[] {
  const arn = arnIn(account)
  const asks: Asks = { ...tableAsks(arn), ...taskAsks(arn), ...groupAsks(arn), ...otherAsks(arn) }
  const requests = calls.flatMap(({ caller, service, operation, input }): Request[] => {
    const ask = asks[`${service}:${operation}`]
    if (!ask) throw new Error(`${caller} calls ${service}:${operation}, and no one has said which actions that takes`)
    return ask(input).map((asked) => ({ role: roleOf(caller), ...asked }))
  })
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()]
}
