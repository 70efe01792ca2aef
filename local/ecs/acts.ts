import type { AddressPool } from './addresses.ts'
import { type ContainerPlanDeps, containerPlan } from './container-plan.ts'
import { type Driver, type Launch, StartFailure } from './driver.ts'
import type { MetadataFiles } from './metadata-file.ts'
import type { Act } from './next-act.ts'
import type { HostRecord, TaskRecord } from './records.ts'
import type { Tasks } from './tasks.ts'

export interface ActsDeps extends ContainerPlanDeps {
  tasks: Tasks
  driver: Driver
  addresses: AddressPool
  metadataFiles: MetadataFiles
  ids(length: number): string
  now(): number
  /** True from the moment the model stops: nothing is decided any more. */
  stopping(): boolean
  /** A task is STOPPED: its host has room again. */
  freed(): void
}

/** ECS' default between SIGTERM and SIGKILL. */
const STOP_TIMEOUT_SECONDS = 30

export const launchOf = (deps: Pick<ContainerPlanDeps, 'directories'>, task: TaskRecord): Launch => ({
  taskArn: task.arn,
  number: task.container.launch,
  directory: deps.directories.task(task.id),
})

function hostOf(deps: ActsDeps, task: TaskRecord): HostRecord {
  const { host } = deps.tasks.around(task)
  if (!host) throw new StartFailure('CannotStartContainerError: the host is gone')
  return host
}

function failToStart(deps: ActsDeps, task: TaskRecord, error: unknown): void {
  if (deps.stopping()) return
  const message = Error.isError(error) ? error.message : String(error)
  const stoppedReason = error instanceof StartFailure ? message : `ResourceInitializationError: ${message}`
  deps.tasks.note(task, { container: { reason: stoppedReason } })
  deps.tasks.end(task, { stopCode: 'TaskFailedToStart', stoppedReason })
}

async function attach(deps: ActsDeps, task: TaskRecord): Promise<void> {
  // In its host's network there is nothing to attach.
  if (task.networkMode === 'host') {
    deps.tasks.change(task, { lastStatus: 'PENDING' })
    return
  }
  const { definition } = deps.tasks.around(task)
  const ports = (definition.containerDefinitions[0].portMappings ?? []).map((mapping) => mapping.containerPort)
  const address = await deps.addresses.next(ports)
  if (deps.stopping()) return
  const mac = ['0a', ...(deps.ids(10).match(/../g) ?? [])].join(':')
  const eni = { attachmentId: deps.ids(32), id: `eni-${deps.ids(17)}`, mac, address }
  deps.tasks.change(task, { lastStatus: 'PENDING', eni })
}

/** Starts the process under a new launch number, which is on disk first. Also used where a paused task comes back. */
export async function launch(deps: ActsDeps, task: TaskRecord): Promise<void> {
  const plan = await containerPlan(deps, task, hostOf(deps, task), deps.tasks.around(task).definition)
  if (deps.stopping()) throw new StartFailure('CannotStartContainerError: the local cloud is stopping')
  const numbered = deps.tasks.note(task, { container: { launch: task.container.launch + 1 } })
  deps.metadataFiles.begin(numbered)
  await deps.driver.start(launchOf(deps, numbered), plan)
  deps.metadataFiles.completeSoon(numbered)
}

async function start(deps: ActsDeps, task: TaskRecord): Promise<void> {
  const pullStartedAt = deps.now()
  await launch(deps, task)
  if (deps.stopping()) return
  const { host } = deps.tasks.around(task)
  // It died meanwhile, with all that was on it, and ECS does not know.
  if (host?.gone) deps.driver.kill(launchOf(deps, deps.tasks.get(task.arn) ?? task), 'SIGKILL')
  deps.tasks.change(task, { lastStatus: 'ACTIVATING', pullStartedAt, pullStoppedAt: deps.now(), container: { started: true } })
}

async function halt(deps: ActsDeps, task: TaskRecord): Promise<void> {
  const seconds = deps.tasks.around(task).definition.containerDefinitions[0].stopTimeout ?? STOP_TIMEOUT_SECONDS
  await deps.driver.stop(launchOf(deps, task), seconds * 1000)
}

function finish(deps: ActsDeps, task: TaskRecord): void {
  deps.directories.dropRoot(task.id)
  deps.tasks.change(task, { lastStatus: 'STOPPED', stoppedAt: deps.now() })
  deps.freed()
}

/** Does one act. What keeps a container from starting ends its task; anything else is the caller's to report. */
export async function perform(deps: ActsDeps, act: Act, task: TaskRecord): Promise<void> {
  const to = (lastStatus: TaskRecord['lastStatus']): TaskRecord => deps.tasks.change(task, { lastStatus })
  switch (act) {
    case 'attach':
      return attach(deps, task).catch((error: unknown) => failToStart(deps, task, error))
    case 'start':
      return start(deps, task).catch((error: unknown) => failToStart(deps, task, error))
    case 'halt':
      return halt(deps, task)
    case 'finish':
      return finish(deps, task)
    case 'serve':
      deps.tasks.change(task, { lastStatus: 'RUNNING', startedAt: deps.now() })
      return
    case 'activate':
      to('ACTIVATING')
      return
    case 'deactivate':
      to('DEACTIVATING')
      return
    case 'interrupt':
      to('STOPPING')
      return
    case 'release':
      to('DEPROVISIONING')
      return
  }
}
