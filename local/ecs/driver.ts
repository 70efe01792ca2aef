/** One start of a task's container. A task has a new launch only when the local cloud itself was stopped and started. */
export interface Launch {
  taskArn: string
  number: number
  /** The task's own directory: what the driver must remember about a launch is in it. */
  directory: string
}

/** Where images come from. `path` goes in front of PATH; a rejection becomes `CannotPullContainerError`. */
export interface ImageStore {
  pull(image: string): Promise<{ path: string; version: string }>
}

/** The variable that names the container metadata file. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-metadata.html */
export const METADATA_FILE = 'ECS_CONTAINER_METADATA_FILE'

/** Where a task is in the network: at an address of its own, out of the local cloud's block, or at that of its host, which others share. */
export type TaskPlace = { mode: 'awsvpc'; address: string } | { mode: 'host'; hostId: string; address: string }

export interface ContainerPlan {
  image: string
  /** Entry point and command. */
  argv: string[]
  environment: Record<string, string>
  /** Where in the container each directory of the machine appears. */
  mounts: { containerPath: string; directory: string; readOnly: boolean }[]
  ulimits: { name: string; softLimit: number; hardLimit: number }[]
  /** What the task may use at most. */
  memoryMiB: number
  /** 1024 units are one processor: at most so many, or a weight where the host's processors are shared out. */
  cpu: { atMost: number } | { weight: number }
  network: TaskPlace
  /** The file that ECS_CONTAINER_METADATA_FILE names to the container, where it is on this machine. */
  metadataFile?: string
  /** What a container engine enforces. */
  isolation: {
    user?: string
    readonlyRoot: boolean
    /** A first process that reaps and passes signals on. */
    init: boolean
    capabilities: { add: string[]; drop: string[] }
  }
}

/** `exitCode` is unknown for a process that outlived the local cloud that had started it: it is nobody's child. */
export interface Exit {
  exitCode?: number
  /** As ECS says it of the container, where the code alone does not tell. */
  reason?: string
}

export interface DriverEvents {
  /** Tells once of every started or recovered launch that ended. */
  exited(launch: Launch, exit: Exit): void
}

export type Recovered = { state: 'running' } | { state: 'never-started' } | ({ state: 'exited' } & Exit)

/** What runs containers. All state that must outlive a kill -9 is in the launch's directory. */
export interface Driver {
  /** @throws StartFailure when the container did not come to run */
  start(launch: Launch, plan: ContainerPlan): Promise<void>
  /** After a restart: adopts what still runs. After `never-started` the launch can no longer start. */
  recover(launch: Launch): Promise<Recovered>
  /** Every launch that is to be adopted was recovered: whatever else runs for this cloud, or for one that is gone, goes. */
  recovered(): Promise<void>
  /** Asks the container to end, forces it after `timeoutMs`; resolves when it has ended. */
  stop(launch: Launch, timeoutMs: number): Promise<void>
  /** @returns whether there was a process to send it to */
  kill(launch: Launch, signal: NodeJS.Signals): boolean
  /** Whether nothing on the machine listens at that address on these ports, or on any. */
  isAddressFree(address: string, ports: number[] | 'any'): Promise<boolean>
  /** Where tasks have a network of their own: an address of it, in place of a loopback one. */
  addressAt?(block: number, offset: number): string
  /** From now on nothing starts; resolves when the starts under way are done or refused. */
  close(): Promise<void>
}

/** Why a container did not start, as ECS says it in `stoppedReason`; the message begins with ECS' own name of the error. */
export class StartFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartFailure'
  }
}
