import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { sk } from '../../shared/platform/table.ts'
import { configOf, items, type Where } from './operator.ts'

/** What may take a moment more than its cluster: whoever was woken before looks once, and the receiver is told. */
export interface Moving {
  /** Executions that run. */
  executions: number
  /** Clusters that somebody is at work on. */
  leases: number
  /** Clusters that somebody shall look at some time. */
  due: number
  /** Events that the tenant's feed does not have. */
  unpublished: number
  /** Deliveries that are neither done nor given up. */
  undelivered: number
  /** Stream records and deliveries that were put aside. */
  putAside: number
}

/** Messages in the queue for what was given up, whoever has them. */
async function putAside(where: Where): Promise<number> {
  const sqs = new SQSClient({ ...configOf(where), useQueueUrlAsEndpoint: false })
  const aside = where.template.queues.filter(({ name }) => name.endsWith('-undeliverable'))
  const counts = await Promise.all(
    aside.map(async ({ url }) => {
      const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }))
      return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

export async function moving(where: Where): Promise<Moving> {
  const [machine] = where.template.stateMachines
  const sfn = new SFNClient(configOf(where))
  const [running, all, aside] = await Promise.all([
    sfn.send(new ListExecutionsCommand({ stateMachineArn: machine?.arn ?? '', statusFilter: 'RUNNING' })),
    items(where),
    putAside(where),
  ])
  return {
    executions: running.executions?.length ?? 0,
    leases: all.filter(({ lease_holder }) => lease_holder !== undefined).length,
    due: all.filter(({ due_pk }) => String(due_pk).startsWith('DUE#clu#')).length,
    unpublished: all.filter(({ sk: key, position }) => String(key).startsWith('EVT#') && position === undefined).length,
    undelivered: all.filter(({ sk: key, state }) => String(key).startsWith(sk.allDeliveries) && state === 'pending').length,
    putAside: aside,
  }
}
