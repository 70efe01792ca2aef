import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { jsonService, operation } from '../aws/json-protocol.ts'
import { AwsError, type AwsService } from '../aws/service.ts'
import { type Executions, executionArn } from './executions.ts'
import { type ExecutionRecord, STATUSES } from './journal.ts'
import { listPage } from './list-page.ts'
import type { Machine } from './load.ts'

/** Not in a name: white space, brackets, wildcards, control characters and these; https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is about control characters
const NOT_IN_A_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/

const Start = z.strictObject({
  stateMachineArn: z.string(),
  name: z.string().optional(),
  /** JSON text, of at most 262,144 characters. */
  input: z.string().max(262_144).default('{}'),
})
const Execution = z.strictObject({ executionArn: z.string() })
const Stop = z.strictObject({ executionArn: z.string(), error: z.string().max(256).optional(), cause: z.string().max(32_768).optional() })
const List = z.strictObject({
  stateMachineArn: z.string(),
  statusFilter: z.enum(STATUSES).optional(),
  maxResults: z.int().min(0).max(1000).optional(),
  nextToken: z.string().optional(),
})

const seconds = (ms: number): number => ms / 1000

function summary(record: ExecutionRecord): object {
  return {
    executionArn: record.arn,
    stateMachineArn: record.machineArn,
    name: record.name,
    status: record.status,
    startDate: seconds(record.startedAt),
    ...(record.stoppedAt !== undefined && { stopDate: seconds(record.stoppedAt) }),
  }
}

function description(record: ExecutionRecord): object {
  const { input, output, error, cause } = record
  return {
    ...summary(record),
    input,
    inputDetails: { included: true },
    ...(output !== undefined && { output, outputDetails: { included: true } }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  }
}

function checkName(name: string): void {
  if (name.length < 1 || name.length > 80 || NOT_IN_A_NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`)
}

function checkInput(input: string): void {
  try {
    JSON.parse(input)
  } catch {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${input.slice(0, 100)} is not JSON`)
  }
}

/** The part of the Step Functions API that starts executions and looks at them; for Standard workflows, where a name is taken for 90 days. */
export function statesService(machines: ReadonlyMap<string, Machine>, executions: Executions): AwsService {
  function machineOf(arn: string): Machine {
    const machine = machines.get(arn)
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`)
    return machine
  }
  function executionOf(arn: string): ExecutionRecord {
    const record = executions.get(arn)
    if (!record) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`)
    return record
  }
  function start({ stateMachineArn, name = randomUUID(), input }: z.infer<typeof Start>): object {
    checkName(name)
    checkInput(input)
    const machine = machineOf(stateMachineArn)
    const known = executions.get(executionArn(stateMachineArn, name))
    if (known && (known.status !== 'RUNNING' || known.input !== input))
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${known.arn}'`)
    const record = known ?? executions.start(machine, name, input)
    return { executionArn: record.arn, startDate: seconds(record.startedAt) }
  }
  function stop({ executionArn, error, cause }: z.infer<typeof Stop>): object {
    executionOf(executionArn)
    executions.abort(executionArn, error, cause)
    const { startedAt, stoppedAt = startedAt } = executionOf(executionArn)
    return { stopDate: seconds(stoppedAt) }
  }
  function list({ stateMachineArn, statusFilter, maxResults, nextToken }: z.infer<typeof List>): object {
    machineOf(stateMachineArn)
    const matching = executions
      .list()
      .filter((record) => record.machineArn === stateMachineArn && (statusFilter === undefined || record.status === statusFilter))
    const page = listPage(matching, maxResults || 100, nextToken)
    return { executions: page.records.map(summary), ...(page.nextToken !== undefined && { nextToken: page.nextToken }) }
  }
  return jsonService('states', 'AWSStepFunctions', {
    StartExecution: operation(Start, start),
    DescribeExecution: operation(Execution, ({ executionArn }) => description(executionOf(executionArn))),
    ListExecutions: operation(List, list),
    StopExecution: operation(Stop, stop),
  })
}
