import { chownSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ContainerCreateOptions, HostConfig } from 'dockerode'
import type { DockerNetwork } from './docker-network.ts'
import { type ContainerPlan, METADATA_FILE } from './driver.ts'

/** As `cdk/host-setup.sh` has the agent set it for every task. */
const PIDS_LIMIT = 4096
const MIB = 1024 * 1024

/** What the node's own user owns it may write: on a host of AWS a service of the host's hands the directories over. */
function handOver(directory: string, user: number, group: number): void {
  chownSync(directory, user, group)
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true }))
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), user, group)
}

const numbers = (user: string): [user: number, group: number] => {
  const [uid, gid] = user.split(':').map(Number)
  if (uid === undefined || !Number.isInteger(uid)) throw new Error(`the user ${user} is not a number`)
  return [uid, gid ?? uid]
}

/**
 * The user a container runs as, with its directories made and handed over. Only root can give files away: whoever is not root
 * runs nodes as himself, so that what they wrote can be taken away again.
 */
export function prepareMounts({ mounts, isolation: { user } }: ContainerPlan): string | undefined {
  const [ownUser, ownGroup] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  for (const { directory } of mounts) mkdirSync(directory, { recursive: true })
  if (user === undefined) return undefined
  if (ownUser !== 0) return `${ownUser}:${ownGroup}`
  for (const { directory } of mounts) handOver(directory, ...numbers(user))
  return user
}

/** Where the agent mounts it: the directory, so that the container sees the file that takes the place of the first. */
export function metadataIn({ metadataFile }: ContainerPlan, directory: string): ContainerPlace['metadata'] {
  if (metadataFile === undefined) return { mounts: [], environment: {} }
  const containerPath = `/opt/ecs/metadata/${directory}`
  return {
    mounts: [{ containerPath, directory: dirname(metadataFile), readOnly: true }],
    environment: { [METADATA_FILE]: `${containerPath}/${basename(metadataFile)}` },
  }
}

export interface ContainerPlace {
  name: string
  image: string
  labels: Record<string, string>
  user: string | undefined
  /** Of the machine: Docker refuses a share of more than there are. */
  processors: number
  network: Awaited<ReturnType<DockerNetwork['join']>>
  metadata: Pick<ContainerPlan, 'mounts' | 'environment'>
}

/** A weight is at least 2, as the agent passes it on: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const processorsOf = (cpu: ContainerPlan['cpu'], processors: number): Pick<HostConfig, 'NanoCpus' | 'CpuShares'> =>
  'atMost' in cpu ? { NanoCpus: Math.round(Math.min(cpu.atMost / 1024, processors) * 1e9) } : { CpuShares: Math.max(2, cpu.weight) }

/** The task's limits are hard: memory without swap beside it, processors where it has no mere weight, a number of processes. */
export function containerOf(plan: ContainerPlan, place: ContainerPlace): ContainerCreateOptions {
  const { mode, environment, ...networking } = place.network
  const { isolation, memoryMiB } = plan
  return {
    name: place.name,
    Image: place.image,
    Labels: place.labels,
    ...(plan.argv.length > 0 ? { Entrypoint: plan.argv, Cmd: [] } : {}),
    Env: Object.entries({ ...environment, ...place.metadata.environment }).map(([name, value]) => `${name}=${value}`),
    WorkingDir: '/',
    ...(place.user === undefined ? {} : { User: place.user }),
    ...networking,
    HostConfig: {
      NetworkMode: mode,
      Memory: memoryMiB * MIB,
      MemorySwap: memoryMiB * MIB,
      ...processorsOf(plan.cpu, place.processors),
      PidsLimit: PIDS_LIMIT,
      Ulimits: plan.ulimits.map(({ name, softLimit, hardLimit }) => ({ Name: name, Soft: softLimit, Hard: hardLimit })),
      ReadonlyRootfs: isolation.readonlyRoot,
      Init: isolation.init,
      CapAdd: isolation.capabilities.add,
      CapDrop: isolation.capabilities.drop,
      Mounts: [...plan.mounts, ...place.metadata.mounts].map(({ containerPath, directory, readOnly }) => ({
        Type: 'bind',
        Source: directory,
        Target: containerPath,
        ReadOnly: readOnly,
      })),
      RestartPolicy: { Name: 'no' },
      // What the log of a task's directory is written from.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } },
    },
  }
}
