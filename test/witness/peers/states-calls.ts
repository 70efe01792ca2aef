import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn'
import type { Call } from './call.ts'
import type { World } from './worlds.ts'

const start =
  (over: object = {}) =>
  ({ states, machineArn }: World) =>
    states.send(new StartExecutionCommand({ stateMachineArn: machineArn, name: 'clu_1.1.1', input: '{"cluster_id":"clu_1"}', ...over }))

export const statesCalls: Call[] = [
  { what: 'start an execution', operation: 'states:StartExecution', send: start() },
  {
    what: 'start one of its name with another input',
    operation: 'states:StartExecution',
    send: start({ input: '{"cluster_id":"clu_2"}' }),
  },
  {
    what: 'start one of no machine',
    operation: 'states:StartExecution',
    send: start({ stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:none' }),
  },
  { what: 'start one with a space in its name', operation: 'states:StartExecution', send: start({ name: 'a b' }) },
  { what: 'start one with an input that is no JSON', operation: 'states:StartExecution', send: start({ name: 'clu_1.1.2', input: '{' }) },
  {
    what: 'describe an execution that never was',
    operation: 'states:DescribeExecution',
    send: ({ states, machineArn }) =>
      states.send(new DescribeExecutionCommand({ executionArn: `${machineArn.replace('stateMachine', 'execution')}:none` })),
  },
]
