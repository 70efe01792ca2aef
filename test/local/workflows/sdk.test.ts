import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { type Given, given, MACHINE_ARN, machine } from './given.ts'

let it_: Given
let endpoint: Endpoint
let sfn: SFNClient

beforeAll(async () => {
  it_ = given(machine({ W: { Type: 'Wait', SecondsPath: '$.seconds', End: true } }))
  endpoint = await startEndpoint({ services: [it_.workflows.service] })
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  sfn = new SFNClient({ endpoint: endpoint.url, region: 'eu-west-1', credentials })
})
afterAll(async () => {
  sfn.destroy()
  await endpoint.stop()
})

it('the AWS SDK starts, sees, lists and stops executions', async () => {
  const start = new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'one', input: '{"seconds":5}' })
  const { executionArn, startDate } = await sfn.send(start)
  expect(startDate).toEqual(new Date('2026-01-01T00:00:00Z'))
  expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ status: 'RUNNING', input: '{"seconds":5}' })
  await it_.settled()
  const ended = await sfn.send(new DescribeExecutionCommand({ executionArn }))
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"seconds":5}', stopDate: new Date('2026-01-01T00:00:05Z') })
  await expect(sfn.send(start)).rejects.toBeInstanceOf(ExecutionAlreadyExists)

  const two = await sfn.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'two', input: '{"seconds":5}' }))
  await sfn.send(new StopExecutionCommand({ executionArn: two.executionArn, cause: 'enough' }))
  const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN }))
  expect(executions?.map(({ name, status }) => [name, status])).toEqual([
    ['two', 'ABORTED'],
    ['one', 'SUCCEEDED'],
  ])
})
