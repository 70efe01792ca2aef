import * as z from 'zod'
import { type Resource, readProperties } from './resource.ts'

export interface StateMachineSpec {
  name: string
  arn: string
  /** Amazon States Language, parsed. */
  definition: unknown
}

const reads = {
  DefinitionString: z.string().optional(),
  Definition: z.record(z.string(), z.unknown()).optional(),
  StateMachineType: z.literal('STANDARD').default('STANDARD'),
}
const ignores = {
  LoggingConfiguration: 'the history can be asked for',
  RoleArn: 'the machine invokes the functions in its definition, and nothing else',
  StateMachineName: 'is the identity',
  TracingConfiguration: 'there is no X-Ray',
}

export function readStateMachines(resources: Resource[]): StateMachineSpec[] {
  return resources
    .filter((resource) => resource.type === 'AWS::StepFunctions::StateMachine')
    .map((resource) => {
      const { Definition, DefinitionString } = readProperties(resource, reads, ignores)
      const definition: unknown = Definition ?? (DefinitionString === undefined ? undefined : JSON.parse(DefinitionString))
      if (definition === undefined) throw new Error(`${resource.type} ${resource.logicalId} has no definition`)
      return { name: resource.attribute('Name'), arn: resource.ref, definition }
    })
}
