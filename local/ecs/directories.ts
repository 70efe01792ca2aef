import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, normalize } from 'node:path'

/** Where things lie on the machine. A host's disk goes with the host, a task's directory with the task. */
export interface Directories {
  /** `sourcePath` on the data disk of that host. */
  onHost(hostId: string, sourcePath: string): string
  /** A volume without a host path: it lives as long as the task. */
  scratch(taskId: string, volume: string): string
  task(taskId: string): string
  /** The container metadata file, alone in a directory that its container sees. */
  metadataFile(taskId: string): string
  dropHost(hostId: string): void
  /** What dies with the container; its log stays as long as ECS tells of the task. */
  dropRoot(taskId: string): void
  dropTask(taskId: string): void
  /** Drops what a kill left lying: directories of hosts and tasks that are no more. */
  keepOnly(hostIds: Set<string>, taskIds: Set<string>): void
}

export function directories(dataDir: string): Directories {
  const host = (id: string): string => join(dataDir, 'hosts', id)
  const task = (id: string): string => join(dataDir, 'tasks', id)
  const drop = (path: string): void => rmSync(path, { recursive: true, force: true })
  const idsIn = (kind: string): string[] => (existsSync(join(dataDir, kind)) ? readdirSync(join(dataDir, kind)) : [])
  return {
    // An absolute path that is normalised cannot climb out of the disk.
    onHost: (id, sourcePath) => join(host(id), 'disk', normalize(`/${sourcePath}`)),
    scratch: (id, volume) => join(task(id), 'volumes', volume),
    task,
    metadataFile: (id) => join(task(id), 'metadata', 'ecs-container-metadata.json'),
    dropHost: (id) => drop(host(id)),
    dropRoot: (id) => {
      for (const part of ['root', 'volumes', 'metadata']) drop(join(task(id), part))
    },
    dropTask: (id) => drop(task(id)),
    keepOnly: (hostIds, taskIds) => {
      for (const id of idsIn('hosts')) if (!hostIds.has(id)) drop(host(id))
      for (const id of idsIn('tasks')) if (!taskIds.has(id)) drop(task(id))
    },
  }
}
