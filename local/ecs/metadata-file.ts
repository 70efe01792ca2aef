import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Timers } from '../timers.ts'
import type { Directories } from './directories.ts'
import { dockerName } from './metadata.ts'
import type { TaskRecord } from './records.ts'
import type { Tasks } from './tasks.ts'

/** From a container's start until its file is complete: "typically within one second" on ECS, after an inspection by the agent. */
const COMPLETE_AFTER_MS = 100

/**
 * The container metadata file of hosts whose agent is set to write it. What it says first is what is known before the container is: a
 * container that does not wait for READY finds neither its host's address nor the status. (The agent's present source has the address
 * in the first version too, which the documentation does not promise.)
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/metadata-file-format.html
 */
export interface MetadataFiles {
  /** Before the container starts. */
  begin(task: TaskRecord): void
  /** A moment after it started, if it runs until then. */
  completeSoon(task: TaskRecord): void
}

export interface MetadataFilesDeps {
  tasks: Tasks
  directories: Directories
  timers: Timers
}

/** Reserved for documentation (RFC 5737): a host has a public address, at which nobody answers. */
const publicAddress = (address: string): string => `198.51.100.${address.split('.').at(-1)}`

function first(task: TaskRecord, tasks: Tasks): object {
  const { definition } = tasks.around(task)
  return {
    Cluster: task.clusterArn.split('/').at(-1),
    ContainerInstanceARN: task.hostArn,
    TaskARN: task.arn,
    TaskDefinitionFamily: definition.family,
    TaskDefinitionRevision: String(definition.revision),
    ContainerName: definition.containerDefinitions[0].name,
  }
}

/** No `PortMappings`: the agent copies Docker's, which has some in bridge mode only. No `ImageID`: nothing is pulled by digest here. */
function complete(task: TaskRecord, tasks: Tasks): object {
  const { definition, host } = tasks.around(task)
  const address = host?.address ?? ''
  return {
    ...first(task, tasks),
    ContainerID: task.container.runtimeId,
    DockerContainerName: `/${dockerName(task, definition)}`,
    ImageName: definition.containerDefinitions[0].image,
    // Of a task with an interface of its own the file does not tell the address either.
    Networks: [{ NetworkMode: task.networkMode, IPv4Addresses: [''] }],
    MetadataFileStatus: 'READY',
    AvailabilityZone: task.az,
    HostPrivateIPv4Address: address,
    HostPublicIPv4Address: publicAddress(address),
  }
}

export function metadataFiles({ tasks, directories, timers }: MetadataFilesDeps): MetadataFiles {
  /** As the agent does it: whoever reads sees one version or the other. */
  function write(task: TaskRecord, content: object): void {
    const file = directories.metadataFile(task.id)
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
    writeFileSync(`${file}.new`, `${JSON.stringify(content, null, '\t')}\n`, { mode: 0o644 })
    renameSync(`${file}.new`, file)
  }
  const isWanted = (task: TaskRecord): boolean => tasks.around(task).host?.containerMetadata === true
  return {
    begin: (task) => {
      if (isWanted(task)) write(task, first(task, tasks))
    },
    completeSoon: (task) => {
      timers.after(COMPLETE_AFTER_MS, () => {
        const now = tasks.get(task.arn)
        if (now && !now.container.exited && now.lastStatus !== 'STOPPED' && isWanted(now)) write(now, complete(now, tasks))
      })
    },
  }
}
