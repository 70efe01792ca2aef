import {
  ClientException,
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  type Task as EcsTask,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import { hostAddresses } from './host-addresses.ts'
import { batchesOf, everyPage } from './pages.ts'
import { sideBySide } from './side-by-side.ts'

/** A task as far as a ring cares. STOPPED is the only proof of death: an address or a container may outlive its desired state. */
export interface Task {
  arn: string
  phase: 'starting' | 'running' | 'stopping' | 'stopped'
  address?: string
  host?: string
  az?: string
  stoppedReason?: string
}

/** ECS may place a task later, or not at all: the reasons are its own (`RESOURCE:MEMORY`, `AGENT`, ...). */
export type RunAnswer = { placed: true; task: Task } | { placed: false; reason: string }

export interface Containers {
  register(definition: RegisterTaskDefinitionCommandInput): Promise<string>
  /** Deregisters every active revision of the family, and the one that is known, listed or not. */
  deregisterFamily(family: string, known?: string): Promise<void>
  run(request: RunTaskCommandInput): Promise<RunAnswer>
  /** Unknown arns are left out: ECS forgets a stopped task after an hour, and may not know a new one yet. */
  describe(arns: string[]): Promise<Task[]>
  /** Arns of the tasks that `startedBy` started and that are not meant to stop. */
  listStartedBy(startedBy: string): Promise<string[]>
  stop(arn: string, reason: string): Promise<void>
}

/** DescribeTasks takes a hundred tasks a call. */
const DESCRIBE_BATCH = 100

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
function phaseOf(task: EcsTask): Task['phase'] {
  if (task.lastStatus === 'STOPPED') return 'stopped'
  if (task.desiredStatus === 'STOPPED') return 'stopping'
  return task.lastStatus === 'RUNNING' ? 'running' : 'starting'
}

function toTask(task: EcsTask): Task {
  const interfaces = (task.attachments ?? []).filter((a) => a.type === 'ElasticNetworkInterface' || a.type === 'eni')
  const address = interfaces.flatMap((a) => a.details ?? []).find((d) => d.name === 'privateIPv4Address')?.value
  return {
    arn: task.taskArn ?? '',
    phase: phaseOf(task),
    ...(address ? { address } : {}),
    ...(task.containerInstanceArn ? { host: task.containerInstanceArn } : {}),
    ...(task.availabilityZone ? { az: task.availabilityZone } : {}),
    ...(task.stoppedReason ? { stoppedReason: task.stoppedReason } : {}),
  }
}

const activeRevisions = (ecs: ECSClient, familyPrefix: string): Promise<string[]> =>
  everyPage(async (nextToken) => {
    const page = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix, status: 'ACTIVE', nextToken }))
    return { items: page.taskDefinitionArns ?? [], next: page.nextToken }
  })

const tasksStartedBy = (ecs: ECSClient, cluster: string, startedBy: string): Promise<string[]> =>
  everyPage(async (nextToken) => {
    const page = await ecs.send(new ListTasksCommand({ cluster, startedBy, nextToken }))
    return { items: page.taskArns ?? [], next: page.nextToken }
  })

/** Of a cell with hundreds of tasks in PROVISIONING: an error to RunTask, a lack of capacity to everybody else. */
const isFull = (error: unknown): error is ClientException => error instanceof ClientException && /capacity limit/i.test(error.message)

async function run(ecs: ECSClient, request: RunTaskCommandInput): Promise<RunAnswer> {
  const answer = await ecs.send(new RunTaskCommand(request)).catch((error: unknown) => {
    if (isFull(error)) return { tasks: [], failures: [{ reason: error.message }] }
    throw error
  })
  const [task] = answer.tasks ?? []
  if (task) return { placed: true, task: toTask(task) }
  return { placed: false, reason: answer.failures?.map((f) => f.reason ?? 'unknown').join(', ') || 'ECS gave no reason' }
}

async function describe(ecs: ECSClient, cluster: string, arns: string[]): Promise<Task[]> {
  const answers = await Promise.all(batchesOf(arns, DESCRIBE_BATCH).map((tasks) => ecs.send(new DescribeTasksCommand({ cluster, tasks }))))
  return answers.flatMap((answer) => (answer.tasks ?? []).map(toTask))
}

/** A task without an interface of its own is where its host is. */
async function atHosts(tasks: Task[], addressesOf: ReturnType<typeof hostAddresses>): Promise<Task[]> {
  const isAtHost = ({ address, phase }: Task): boolean => address === undefined && phase === 'running'
  const hosts = tasks.filter(isAtHost).flatMap(({ host }) => host ?? [])
  if (hosts.length === 0) return tasks
  const addresses = await addressesOf(hosts)
  return tasks.map((task) => {
    const address = isAtHost(task) ? addresses.get(task.host ?? '') : undefined
    return address === undefined ? task : { ...task, address }
  })
}

export function containers(ecs: ECSClient, cluster: string): Containers {
  const addressesOf = hostAddresses(ecs, cluster)
  return {
    register: async (definition) => {
      const arn = (await ecs.send(new RegisterTaskDefinitionCommand(definition))).taskDefinition?.taskDefinitionArn
      if (!arn) throw new Error(`ECS registered ${definition.family} without an arn`)
      return arn
    },
    deregisterFamily: async (family, known) => {
      const active = new Set(await activeRevisions(ecs, family))
      const revisions = new Set([...active, ...(known ? [known] : [])])
      await sideBySide([...revisions], async (taskDefinition) => {
        try {
          await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
        } catch (error) {
          // One that is not listed may be gone already, and that is what is wanted.
          if (active.has(taskDefinition) || !(error instanceof ClientException)) throw error
        }
      })
    },
    run: (request) => run(ecs, request),
    describe: async (arns) => atHosts(await describe(ecs, cluster, arns), addressesOf),
    listStartedBy: (starter) => tasksStartedBy(ecs, cluster, starter),
    stop: async (task, reason) => {
      await ecs.send(new StopTaskCommand({ cluster, task, reason }))
    },
  }
}
