import { DescribeTasksCommand, type ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs'
import { everyPage } from './pages.ts'

/** `startedBy` of the tasks that a host runs or is meant to, each once. */
export async function startersOn(ecs: ECSClient, cluster: string, host: string): Promise<string[]> {
  const starters = await everyPage<string>(async (nextToken) => {
    // As many as DescribeTasks takes.
    const { taskArns = [], nextToken: next } = await ecs.send(
      new ListTasksCommand({ cluster, containerInstance: host, maxResults: 100, nextToken }),
    )
    if (taskArns.length === 0) return { items: [], next }
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
    return { items: tasks.flatMap(({ startedBy }) => startedBy ?? []), next }
  })
  return [...new Set(starters)]
}
