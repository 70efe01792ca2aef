import { DescribeSecurityGroupsCommand, type EC2Client } from '@aws-sdk/client-ec2'
import { DescribeTasksCommand, type ECSClient, ListTaskDefinitionFamiliesCommand } from '@aws-sdk/client-ecs'
import { ListResourceRecordSetsCommand, type ListResourceRecordSetsCommandInput, type Route53Client } from '@aws-sdk/client-route-53'
import { DescribeParametersCommand, type SSMClient } from '@aws-sdk/client-ssm'
import type { Clock } from './clock.ts'
import { everyPage, type Page } from './pages.ts'
import { startedTasks } from './starters.ts'

/** All there is of a kind, whoever made it. Of secrets the names only: their values are not asked for. */
export interface Inventory {
  /** Those that are not meant to stop. */
  tasks(): Promise<{ arn: string; startedBy: string }[]>
  /** Those of these tasks that ECS knows, stopped ones too for an hour or so. */
  knownTasks(arns: string[]): Promise<ReadonlySet<string>>
  /** Names of the families with an active revision that begin so. */
  families(prefix: string): Promise<string[]>
  /** Security groups with that tag. */
  groups(tag: { key: string; value: string }): Promise<{ id: string; name: string }[]>
  /** Names of the parameters below a path. */
  parameters(path: string): Promise<string[]>
  /** Names with address records, without the dot at their end. */
  names(): Promise<{ name: string; addresses: string[] }[]>
}

/** ECS lets an account read 20 times a second, Route 53 ask five times, for everything in it: the loops come first. */
const PAUSE_MS = 300
/** A hundred tasks each: nobody has so many, so whoever meets this goes round in circles. */
const MOST_PAGES = 1_000

async function everything<T, Next>(clock: Clock, what: string, ask: (next: Next | undefined) => Promise<Page<T, Next>>): Promise<T[]> {
  let pages = 0
  return everyPage(ask, async () => {
    pages += 1
    if (pages === MOST_PAGES) throw new Error(`more than ${MOST_PAGES} pages of ${what}`)
    await clock.sleep(PAUSE_MS)
  })
}

/** DescribeTasks takes a hundred tasks a call. */
const DESCRIBE_BATCH = 100

async function knownTasks(ecs: ECSClient, cluster: string, clock: Clock, arns: string[]): Promise<ReadonlySet<string>> {
  const known = await everything(clock, 'tasks', async (from: number = 0) => {
    const tasks = arns.slice(from, from + DESCRIBE_BATCH)
    if (tasks.length === 0) return { items: [] }
    const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks }))
    const next = from + DESCRIBE_BATCH
    return { items: (described.tasks ?? []).map(({ taskArn = '' }) => taskArn), ...(next < arns.length ? { next } : {}) }
  })
  return new Set(known)
}

/** @param where the ECS cluster, and the hosted zone with the names */
export function inventory(
  clients: { ecs: ECSClient; ec2: EC2Client; ssm: SSMClient; route53: Route53Client },
  where: { ecsCluster: string; zoneId: string },
  clock: Clock,
): Inventory {
  const { ecs, ec2, ssm, route53 } = clients
  return {
    tasks: () => everything(clock, 'tasks', (next?: string) => startedTasks(ecs, { cluster: where.ecsCluster }, next)),
    knownTasks: (arns) => knownTasks(ecs, where.ecsCluster, clock, arns),
    families: (familyPrefix) =>
      everything(clock, 'families', async (nextToken?: string) => {
        const page = await ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix, status: 'ACTIVE', maxResults: 100, nextToken }))
        return { items: page.families ?? [], next: page.nextToken }
      }),
    groups: ({ key, value }) =>
      everything(clock, 'security groups', async (NextToken?: string) => {
        const Filters = [{ Name: `tag:${key}`, Values: [value] }]
        const page = await ec2.send(new DescribeSecurityGroupsCommand({ Filters, MaxResults: 1000, NextToken }))
        return {
          items: (page.SecurityGroups ?? []).map(({ GroupId = '', GroupName = '' }) => ({ id: GroupId, name: GroupName })),
          next: page.NextToken,
        }
      }),
    parameters: (path) =>
      everything(clock, 'parameters', async (NextToken?: string) => {
        const ParameterFilters = [{ Key: 'Path', Option: 'Recursive', Values: [path] }]
        const page = await ssm.send(new DescribeParametersCommand({ ParameterFilters, MaxResults: 50, NextToken }))
        return { items: (page.Parameters ?? []).map(({ Name = '' }) => Name), next: page.NextToken }
      }),
    names: () =>
      everything(clock, 'names', async (from?: Pick<ListResourceRecordSetsCommandInput, 'StartRecordName' | 'StartRecordType'>) => {
        const page = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: where.zoneId, ...from }))
        const { ResourceRecordSets: sets = [], IsTruncated, NextRecordName: StartRecordName, NextRecordType: StartRecordType } = page
        const items = sets.flatMap(({ Name = '', Type, ResourceRecords = [] }) =>
          Type === 'A' ? [{ name: Name.replace(/\.$/, ''), addresses: ResourceRecords.map(({ Value = '' }) => Value) }] : [],
        )
        return { items, next: IsTruncated ? { StartRecordName, StartRecordType } : undefined }
      }),
  }
}
