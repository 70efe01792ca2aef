import { DescribeTasksCommand, type ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs'
import { everyPage, type Page } from './pages.ts'

/** Tasks that run or are meant to, and who started them, as many as DescribeTasks takes. @param where a cluster, or a host in it */
export async function startedTasks(
  ecs: ECSClient,
  where: { cluster: string; containerInstance?: string },
  nextToken: string | undefined,
): Promise<Page<{ arn: string; startedBy: string }, string>> {
  const { taskArns = [], nextToken: next } = await ecs.send(new ListTasksCommand({ ...where, maxResults: 100, nextToken }))
  if (taskArns.length === 0) return { items: [], next }
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: where.cluster, tasks: taskArns }))
  return { items: tasks.map(({ taskArn = '', startedBy = '' }) => ({ arn: taskArn, startedBy })), next }
}

/** `startedBy` of the tasks that a host runs or is meant to, each once. */
export async function startersOn(ecs: ECSClient, cluster: string, host: string): Promise<string[]> {
  const tasks = await everyPage<{ startedBy: string }>((next) => startedTasks(ecs, { cluster, containerInstance: host }, next))
  return [...new Set(tasks.flatMap(({ startedBy }) => startedBy || []))]
}
