import * as z from 'zod'
import { type JsonOperation, operation } from '../aws/json-protocol.ts'
import { AwsError } from '../aws/service.ts'
import { byReference, type EcsCluster, type Names } from './names.ts'
import { PageRequest, page, sortable } from './paging.ts'
import type { TaskRecord } from './records.ts'
import { RunInput } from './run-input.ts'
import { type RunTaskDeps, runTask } from './run-task.ts'
import { mergeTags, Tags } from './tags.ts'
import { taskShape } from './task-shape.ts'
import { STOPPED_KEPT_MS, type Tasks } from './tasks.ts'

export interface TaskOperationsDeps extends RunTaskDeps {
  /** There may be something to place. */
  demand(): void
  /** The task's desired state changed. */
  poke(arn: string): void
  /** The task is told of no more: what is left of it on the machine can go. */
  forgotten(task: TaskRecord): void
}

const ListInput = z.strictObject({
  cluster: z.string().optional(),
  desiredStatus: z.enum(['RUNNING', 'STOPPED']).optional(),
  family: z.string().optional(),
  containerInstance: z.string().optional(),
  startedBy: z.string().optional(),
  ...PageRequest,
})
type ListInput = z.infer<typeof ListInput>

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
function list(tasks: Tasks, names: Names, input: ListInput): object {
  if (input.startedBy !== undefined && (input.desiredStatus ?? input.family ?? input.containerInstance) !== undefined)
    throw new AwsError('InvalidParameterException', 'When startedBy is specified, it must be the only filter.')
  const cluster = names.cluster(input.cluster)
  const wanted = tasks
    .all()
    .filter(
      (task) =>
        task.clusterArn === cluster.arn &&
        task.desiredStatus === (input.desiredStatus ?? 'RUNNING') &&
        (input.family ?? task.family) === task.family &&
        (input.startedBy ?? task.startedBy) === task.startedBy &&
        (input.containerInstance === undefined ||
          task.hostArn === input.containerInstance ||
          task.hostArn?.endsWith(`/${input.containerInstance}`) === true),
    )
  const { items, nextToken } = page(wanted, (task) => `${sortable(task.createdAt)}:${task.arn}`, input)
  return { taskArns: items.map((task) => task.arn), ...(nextToken ? { nextToken } : {}) }
}

const DescribeInput = z.strictObject({
  cluster: z.string().optional(),
  tasks: z.array(z.string()),
  include: z.array(z.literal('TAGS')).optional(),
})

function describe({ tasks, names }: TaskOperationsDeps, input: z.infer<typeof DescribeInput>): object {
  const cluster = names.cluster(input.cluster)
  if (input.tasks.length === 0) throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.')
  if (input.tasks.length > 100) throw new AwsError('InvalidParameterException', 'Tasks cannot have more than 100 elements.')
  const includeTags = input.include?.includes('TAGS') ?? false
  const all = tasks.all()
  const found = input.tasks.map((reference) => ({ reference, task: byReference(all, cluster, reference) }))
  return {
    tasks: found.flatMap(({ task }) => (task ? [taskShape(task, tasks.around(task), includeTags)] : [])),
    failures: found.flatMap(({ task, reference }) => (task ? [] : [{ arn: missingArn(names, cluster, reference), reason: 'MISSING' }])),
  }
}

const missingArn = (names: Names, cluster: EcsCluster, reference: string): string =>
  reference.startsWith('arn:') ? reference : names.arn('task', cluster.name, reference)

function stop(deps: TaskOperationsDeps, clusterName: string | undefined, reference: string, reason: string | undefined): TaskRecord {
  const task = byReference(deps.tasks.all(), deps.names.cluster(clusterName), reference)
  if (!task) throw new AwsError('InvalidParameterException', 'The referenced task was not found.')
  if (task.lastStatus === 'STOPPED') return task
  const ending = deps.tasks.end(task, { stopCode: 'UserInitiated', stoppedReason: reason ?? 'Task stopped by user' })
  deps.poke(task.arn)
  return ending
}

export function taskOperations(deps: TaskOperationsDeps): Record<string, JsonOperation> {
  const { tasks, names } = deps
  const shown = (task: TaskRecord, includeTags: boolean): object => taskShape(task, tasks.around(task), includeTags)
  /** Stopped tasks go when somebody looks, not by a timer: nothing else depends on the moment. */
  function forgetOld(): void {
    const before = deps.now() - STOPPED_KEPT_MS
    for (const task of tasks.all()) {
      if (task.lastStatus !== 'STOPPED' || (task.stoppedAt ?? 0) > before) continue
      tasks.forget(task)
      deps.forgotten(task)
    }
  }
  return {
    RunTask: operation(RunInput, (input) => {
      forgetOld()
      const { tasks: run, failures } = runTask(deps, input)
      const answer = { tasks: run.map((task) => shown(task, true)), failures }
      deps.demand()
      return answer
    }),
    StopTask: operation(
      z.strictObject({ cluster: z.string().optional(), task: z.string(), reason: z.string().max(1024).optional() }),
      ({ cluster, task, reason }) => ({ task: shown(stop(deps, cluster, task, reason), false) }),
    ),
    DescribeTasks: operation(DescribeInput, (input) => {
      forgetOld()
      return describe(deps, input)
    }),
    ListTasks: operation(ListInput, (input) => {
      forgetOld()
      return list(tasks, names, input)
    }),
    TagResource: operation(z.strictObject({ resourceArn: z.string(), tags: Tags }), ({ resourceArn, tags }) => {
      const task = tasks.get(resourceArn)
      if (!task) throw new AwsError('InvalidParameterException', `The local model tags tasks only, and knows none as ${resourceArn}.`)
      tasks.note(task, { tags: mergeTags(task.tags, tags) })
      return {}
    }),
  }
}
