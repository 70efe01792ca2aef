import { STEP_NAMES, type StepName } from './model.ts'

type State = Record<string, unknown>

/** Longest that any function may run; the lease outlives it. Without it a lost answer would be waited for until the execution's own end. */
export const STEP_TIMEOUT_SECONDS = 60

/** What Lambda or the network may do to any call; https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html */
const TRANSIENT = {
  ErrorEquals: [
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ],
  IntervalSeconds: 1,
  MaxAttempts: 4,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
}
/** Observe and Settle decide nothing twice, so anything may be tried again; past that the lease runs out and the sweep wakes another. */
const ANYTHING = { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2 }

const invoke = (functionArn: string, payload: State): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: functionArn, Payload: payload },
  OutputPath: '$.Payload',
  TimeoutSeconds: STEP_TIMEOUT_SECONDS,
})

const subject = { 'tenant_id.$': '$.tenant_id', 'cluster_id.$': '$.cluster_id' }
const seen = { ...subject, 'fence.$': '$.fence', 'generation.$': '$.generation' }

function stepState(stepFunction: string): State {
  return {
    ...invoke(stepFunction, { action: 'step', ...seen, 'step.$': '$.step' }),
    Retry: [TRANSIENT],
    // Inside the iteration: a failed step must not abort its siblings. The planner reads what RecordFailure wrote.
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'RecordFailure' }],
    End: true,
  }
}

function wave(stepFunction: string): State {
  const choices = STEP_NAMES.map((name) => ({ Variable: '$.step.name', StringEquals: name, Next: name }))
  const states = Object.fromEntries(STEP_NAMES.map((name): [StepName, State] => [name, stepState(stepFunction)]))
  return {
    Type: 'Map',
    ItemsPath: '$.steps',
    ItemSelector: { ...seen, 'step.$': '$$.Map.Item.Value' },
    MaxConcurrency: 40,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: 'Which',
      States: {
        Which: { Type: 'Choice', Choices: choices, Default: 'UnknownStep' },
        ...states,
        RecordFailure: {
          ...invoke(stepFunction, { action: 'record-failure', ...seen, 'step.$': '$.step', 'failure.$': '$.failure' }),
          Retry: [ANYTHING],
          End: true,
        },
        UnknownStep: { Type: 'Fail', Error: 'UnknownStep', Cause: 'The planner named a step that the graph does not have' },
      },
    },
    ResultPath: null,
    Next: 'Observe',
  }
}

/**
 * The state machine of one cluster: look, decide, do a wave of steps, look again.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
export function graph(functions: { observe: string; step: string }): State {
  return {
    Comment: 'Brings one cluster to its desired state: observe, plan, a wave of steps, observe again',
    StartAt: 'Observe',
    TimeoutSeconds: 3600,
    States: {
      Observe: {
        ...invoke(functions.observe, { action: 'observe', ...subject, 'turn.$': '$.turn', 'execution.$': '$$.Execution.Name' }),
        Retry: [ANYTHING],
        Next: 'Decide',
      },
      Decide: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.decision', StringEquals: 'act', Next: 'Wave' },
          { Variable: '$.decision', StringEquals: 'pause', Next: 'Pause' },
          { Variable: '$.decision', StringEquals: 'settle', Next: 'Settle' },
          { Variable: '$.decision', StringEquals: 'again', Next: 'Observe' },
        ],
        Default: 'Done',
      },
      Wave: wave(functions.step),
      Pause: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Observe' },
      Settle: {
        ...invoke(functions.observe, {
          action: 'settle',
          ...seen,
          'wake.$': '$.wake',
          'outcome.$': '$.outcome',
          'due_at.$': '$.due_at',
          'turn.$': '$.turn',
          'execution.$': '$$.Execution.Name',
        }),
        Retry: [ANYTHING],
        Next: 'Decide',
      },
      Done: { Type: 'Succeed' },
    },
  }
}
