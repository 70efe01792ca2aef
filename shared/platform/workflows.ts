import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'

export interface Workflows {
  /** Starts an execution under that name; one that exists already, running or closed, is success: somebody was faster. */
  start(name: string, input: object): Promise<void>
}

export function workflows(sfn: SFNClient, stateMachineArn: string): Workflows {
  return {
    start: async (name, input) => {
      try {
        await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }))
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error
      }
    },
  }
}
