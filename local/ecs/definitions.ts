import { AwsError } from '../aws/service.ts'
import type { Names } from './names.ts'
import type { Store } from './store.ts'
import type { RegisterInput, TaskDefinition } from './task-definition.ts'
import { taskCpu, taskMemory } from './task-size.ts'

/** Task definitions: immutable revisions of families. */
export interface Definitions {
  register(input: RegisterInput): TaskDefinition
  /** By ARN, `family:revision`, or `family` for its latest active revision. @throws ClientException */
  find(reference: string): TaskDefinition
  deregister(reference: string): TaskDefinition
  /** Only an inactive revision can be deleted; it stays as DELETE_IN_PROGRESS while tasks refer to it. @throws ClientException */
  delete(reference: string): TaskDefinition
  all(): TaskDefinition[]
}

const REVISION = /(?:^|\/)([\w-]+):(\d+)$/

function check(input: RegisterInput): void {
  const [container] = input.containerDefinitions
  if (input.cpu) taskCpu(input.cpu)
  if (input.memory) taskMemory(input.memory)
  if (!input.memory && !container.memory && !container.memoryReservation)
    throw new AwsError(
      'ClientException',
      `Invalid setting for container '${container.name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    )
  for (const { sourceVolume } of container.mountPoints ?? [])
    if (!input.volumes?.some((volume) => volume.name === sourceVolume))
      throw new AwsError('ClientException', `Container.mountPoints references a volume that does not exist: ${sourceVolume}.`)
  for (const { containerPort, hostPort = containerPort } of container.portMappings ?? [])
    if (hostPort !== containerPort)
      throw new AwsError(
        'ClientException',
        `When networkMode=${input.networkMode}, the host ports and container ports in port mappings must match.`,
      )
  if (container.secrets?.length && !input.executionRoleArn)
    throw new AwsError(
      'ClientException',
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    )
}

export function definitions(store: Store, names: Names, now: () => number): Definitions {
  const all = store.definitions.values
  const write = (definition: TaskDefinition): TaskDefinition => {
    store.definitions.set(definition.arn, definition)
    return definition
  }
  function find(reference: string): TaskDefinition {
    const [, family, revision] = REVISION.exec(reference) ?? []
    const candidates = all().filter((definition) => definition.family === (family ?? reference))
    const found = revision
      ? candidates.find((definition) => definition.revision === Number(revision))
      : candidates.filter((definition) => definition.status === 'ACTIVE').at(-1)
    if (!found) throw new AwsError('ClientException', 'Unable to describe task definition.')
    return found
  }
  function exactly(reference: string): TaskDefinition {
    if (!REVISION.test(reference)) throw new AwsError('ClientException', 'Revision is missing.')
    return find(reference)
  }
  function register(input: RegisterInput): TaskDefinition {
    check(input)
    const revision = (store.families.get(input.family) ?? 0) + 1
    store.families.set(input.family, revision)
    return write({ ...input, arn: names.definitionArn(input.family, revision), revision, status: 'ACTIVE', registeredAt: now() })
  }
  return {
    register,
    find,
    all,
    deregister: (reference) => {
      const definition = exactly(reference)
      return definition.status === 'ACTIVE' ? write({ ...definition, status: 'INACTIVE', deregisteredAt: now() }) : definition
    },
    delete: (reference) => {
      const definition = exactly(reference)
      if (definition.status === 'ACTIVE')
        throw new AwsError(
          'ClientException',
          'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
        )
      return write({ ...definition, status: 'DELETE_IN_PROGRESS' })
    },
  }
}
