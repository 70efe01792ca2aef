import { createRequire } from 'node:module'
import { StateMachine } from 'aws-local-stepfunctions'
import * as z from 'zod'
import type { Invoke } from '../../../local/workflows/lambda-call.ts'

/** A state entered: which iteration it is of, its name and its input. */
export interface Entered {
  index: number | null
  name: string
  input: unknown
}

const Json = z.json()
const Parameters = z.looseObject({ FunctionName: z.string(), Payload: z.unknown() })
const Report = z.object({ errorType: z.string() })

/** A function's report as the other interpreter has it: an error whose name and message are what a catcher gets. */
async function callFor(
  invoke: Invoke,
  raw: unknown,
): Promise<{ ExecutedVersion: string; Payload: z.infer<typeof Json>; StatusCode: number }> {
  const { FunctionName, Payload } = Parameters.parse(raw)
  const answer = await invoke(FunctionName, Payload)
  if (answer.functionError === undefined) {
    return { ExecutedVersion: '$LATEST', Payload: Json.parse(answer.payload ?? null), StatusCode: 200 }
  }
  const error = new Error(JSON.stringify(answer.payload))
  error.name = Report.parse(answer.payload).errorType
  throw error
}

function namesOf(definition: unknown, type: string): string[] {
  const found: string[] = []
  JSON.stringify(definition, (key, value) => {
    if (key !== '' && typeof value === 'object' && value?.Type === type) found.push(key)
    return value
  })
  return found
}

const each = <V>(names: string[], value: V): Record<string, V> => Object.fromEntries(names.map((name) => [name, value]))

/** Runs it in `aws-local-stepfunctions`, with all waiting left out. */
export async function secondOpinion(definition: object, input: unknown, invoke: Invoke): Promise<{ output: unknown; entered: Entered[] }> {
  const other = new StateMachine(JSON.parse(JSON.stringify(definition)), { validationOptions: { checkArn: false } })
  const running = other.run(JSON.parse(JSON.stringify(input)), {
    context: { Execution: { Id: 'arn', Input: Json.parse(input), Name: 'one', RoleArn: 'arn', StartTime: '2026-01-01T00:00:00.000Z' } },
    overrides: {
      taskResourceLocalHandlers: each(namesOf(definition, 'Task'), (raw: unknown) => callFor(invoke, raw)),
      waitTimeOverrides: each(namesOf(definition, 'Wait'), 0),
      retryIntervalOverrides: each([...namesOf(definition, 'Task'), ...namesOf(definition, 'Map')], 0),
    },
  })
  const result = running.result.then(
    (output: unknown) => output,
    (error: unknown) => ({ failed: String(error) }),
  )
  const entered: Entered[] = []
  for await (const event of running.eventLogs) {
    if (event.type === 'StateEntered') entered.push({ index: event.index ?? null, name: event.state.name, input: event.state.input })
  }
  return { output: await result, entered }
}

const Verdict = z.object({ isValid: z.boolean(), errorsText: z.function().optional() })

/** What `asl-validator`, which has no types, says of a definition. */
export function isValid(definition: unknown): boolean {
  const validate: (definition: unknown, options: object) => unknown = createRequire(import.meta.url)('asl-validator')
  return Verdict.parse(validate(definition, { checkPaths: true, checkArn: false })).isValid
}
