import type { Directories } from './directories.ts'
import { type ContainerPlan, StartFailure, type TaskPlace } from './driver.ts'
import type { HostRecord, TaskRecord } from './records.ts'
import type { ContainerDefinition, TaskDefinition } from './task-definition.ts'
import { containerCpu, cpuLimit } from './task-size.ts'

export interface ContainerPlanDeps {
  readSecret(nameOrArn: string, executionRoleArn: string): Promise<string>
  directories: Directories
  /** Where the task metadata endpoint answers for a container. */
  metadataUri(runtimeId: string): string
}

const fromPairs = (pairs: { name: string; value: string }[] = []): Record<string, string> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, value]))

/** Secrets are read at each start, by the execution role; a running container never sees a new value. */
async function secrets(deps: ContainerPlanDeps, definition: TaskDefinition): Promise<Record<string, string>> {
  const [{ secrets: wanted = [] }] = definition.containerDefinitions
  const read = wanted.map(async ({ name, valueFrom }) => ({
    name,
    value: await deps.readSecret(valueFrom, definition.executionRoleArn ?? ''),
  }))
  try {
    return fromPairs(await Promise.all(read))
  } catch (cause) {
    const why = Error.isError(cause) ? cause.message : String(cause)
    throw new StartFailure(
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ${why}`,
      {
        cause,
      },
    )
  }
}

function mounts(deps: ContainerPlanDeps, task: TaskRecord, host: HostRecord, definition: TaskDefinition): ContainerPlan['mounts'] {
  const [{ mountPoints = [] }] = definition.containerDefinitions
  return mountPoints.map(({ sourceVolume, containerPath, readOnly = false }) => {
    const sourcePath = definition.volumes?.find((volume) => volume.name === sourceVolume)?.host?.sourcePath
    const directory = sourcePath ? deps.directories.onHost(host.id, sourcePath) : deps.directories.scratch(task.id, sourceVolume)
    return { containerPath, directory, readOnly }
  })
}

function isolation({ user, readonlyRootFilesystem, linuxParameters: { initProcessEnabled, capabilities } = {} }: ContainerDefinition) {
  return {
    ...(user === undefined ? {} : { user }),
    readonlyRoot: readonlyRootFilesystem ?? false,
    init: initProcessEnabled ?? false,
    capabilities: { add: capabilities?.add ?? [], drop: capabilities?.drop ?? [] },
  } satisfies ContainerPlan['isolation']
}

function placeOf({ networkMode, eni }: TaskRecord, { id, address }: HostRecord): TaskPlace {
  const found = networkMode === 'host' ? address : eni?.address
  if (found === undefined) throw new StartFailure('CannotStartContainerError: the task has no address')
  return networkMode === 'host' ? { mode: 'host', hostId: id, address: found } : { mode: 'awsvpc', address: found }
}

/**
 * What the driver is to run. Environment: the definition's, over it the override's, over it secrets, over it ECS' own.
 * @throws StartFailure when a secret cannot be read
 */
export async function containerPlan(
  deps: ContainerPlanDeps,
  task: TaskRecord,
  host: HostRecord,
  definition: TaskDefinition,
): Promise<ContainerPlan> {
  const [container] = definition.containerDefinitions
  const override = task.overrides.containerOverrides?.[0]
  const limit = cpuLimit(task.overrides, definition)
  return {
    image: container.image,
    argv: [...(container.entryPoint ?? []), ...(override?.command ?? container.command ?? [])],
    environment: {
      ...fromPairs(container.environment),
      ...fromPairs(override?.environment),
      ...(await secrets(deps, definition)),
      AWS_EXECUTION_ENV: 'AWS_ECS_EC2',
      ECS_CONTAINER_METADATA_URI_V4: deps.metadataUri(task.container.runtimeId),
    },
    mounts: mounts(deps, task, host, definition),
    ulimits: container.ulimits ?? [],
    memoryMiB: task.memory,
    cpu: limit === undefined ? { weight: containerCpu(task.overrides, definition) } : { atMost: limit },
    network: placeOf(task, host),
    ...(host.containerMetadata ? { metadataFile: deps.directories.metadataFile(task.id) } : {}),
    isolation: isolation(container),
  }
}
