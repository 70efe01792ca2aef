import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn'
import { clientConfig } from './aws.ts'
import { physicalId, type WitnessCell } from './cell.ts'
import { expectSame } from './witnessed.ts'

/** What the emulator's Step Functions did for a cluster: every execution ended well, and went through the graph's states. */
export async function executions({ target, deployed }: WitnessCell, clusterId: string) {
  const client = new SFNClient(clientConfig(target.url, target.region))
  const stateMachineArn = physicalId(deployed, 'AWS::StepFunctions::StateMachine')
  const { executions: all = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }))
  const own = all.filter(({ name }) => name?.startsWith(clusterId))
  if (own.length === 0) throw new Error('no execution has the name of the cluster')
  const unended = own.filter(({ status }) => status !== 'SUCCEEDED').map(({ name, status }) => `${name} ${status}`)
  expectSame('executions', unended, [])
  const histories = await Promise.all(
    own.map(({ executionArn }) => client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))),
  )
  const entered = histories.flatMap(({ events = [] }) =>
    events.flatMap(({ stateEnteredEventDetails: state }) => (state?.name ? [state.name] : [])),
  )
  const states = new Set(entered)
  for (const wanted of ['Observe', 'Decide', 'Wave', 'Settle', 'Done'])
    if (!states.has(wanted)) throw new Error(`${wanted} was never entered`)
  client.destroy()
  return { seen: `${own.length} executions SUCCEEDED, ${entered.length} states entered, ${states.size} different ones`, found: true }
}
