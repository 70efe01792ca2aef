import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeTasksCommand, ECSClient, ListTaskDefinitionsCommand, ListTasksCommand } from '@aws-sdk/client-ecs'
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53'
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm'
import { sk, tenantId, tenantPartition } from '../../shared/platform/table.ts'
import { configOf, type Item, items, type Where } from './operator.ts'
import { type Moving, moving } from './still-moving.ts'

/** What must be gone with its cluster, as soon as that is said to be gone. */
interface Held {
  tasks: number
  definitions: string[]
  securityGroups: string[]
  parameters: string[]
  names: string[]
  nodes: number
  /** Operations that run. */
  operations: number
  quota: { clusters: unknown; nodes: unknown; cpu_units: unknown; memory_mib: unknown }
}
/** All that a cluster may have left behind, and nothing of the template's own. */
export type Leftovers = Held & Moving

export const NOTHING: Leftovers = {
  tasks: 0,
  definitions: [],
  securityGroups: [],
  parameters: [],
  names: [],
  nodes: 0,
  operations: 0,
  quota: { clusters: 0, nodes: 0, cpu_units: 0, memory_mib: 0 },
  executions: 0,
  leases: 0,
  due: 0,
  unpublished: 0,
  undelivered: 0,
  putAside: 0,
}

/** Tasks that are not STOPPED, those that are meant to stop too. */
async function runningTasks(config: ReturnType<typeof configOf>, cluster: string): Promise<number> {
  const ecs = new ECSClient(config)
  const listed = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map(async (desiredStatus) => {
      const arns: string[] = []
      let nextToken: string | undefined
      do {
        const page = await ecs.send(new ListTasksCommand({ cluster, desiredStatus, ...(nextToken ? { nextToken } : {}) }))
        arns.push(...(page.taskArns ?? []))
        nextToken = page.nextToken
      } while (nextToken)
      return arns
    }),
  )
  const arns = listed.flat()
  const batches = Array.from({ length: Math.ceil(arns.length / 100) }, (_, i) => arns.slice(i * 100, (i + 1) * 100))
  const described = await Promise.all(batches.map((tasks) => ecs.send(new DescribeTasksCommand({ cluster, tasks }))))
  return described.flatMap(({ tasks = [] }) => tasks).filter(({ lastStatus }) => lastStatus !== 'STOPPED').length
}

function inTable(all: Item[], tenant: string): Pick<Held, 'nodes' | 'operations' | 'quota'> {
  const under = (prefix: string): Item[] => all.filter(({ sk: key }) => String(key).startsWith(prefix))
  const quota = all.find(({ pk, sk: key }) => key === sk.quota && pk === tenantPartition(tenantId(tenant)))
  return {
    nodes: under('NODE#').length,
    operations: under('OP#').filter(({ state }) => state === 'running').length,
    quota: {
      clusters: quota?.clusters_used,
      nodes: quota?.nodes_used,
      cpu_units: quota?.cpu_units_used,
      memory_mib: quota?.memory_mib_used,
    },
  }
}

async function held(where: Where, tenant: string): Promise<Held> {
  const config = configOf(where)
  const { ecsClusters, network } = where.template
  const [zone] = network.hostedZones
  // The template's own, which have the tags of its stack.
  const own = new Set(network.securityGroups.map(({ name }) => name))
  const [tasks, definitions, groups, parameters, records, all] = await Promise.all([
    runningTasks(config, ecsClusters[0]?.name ?? ''),
    new ECSClient(config).send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' })),
    new EC2Client(config).send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'tag:ringhold:cell', Values: ['cell-1'] }] })),
    new SSMClient(config).send(new GetParametersByPathCommand({ Path: '/', Recursive: true })),
    new Route53Client(config).send(new ListResourceRecordSetsCommand({ HostedZoneId: zone?.id })),
    items(where),
  ])
  return {
    tasks,
    definitions: definitions.taskDefinitionArns ?? [],
    securityGroups: (groups.SecurityGroups ?? []).map((group) => group.GroupName ?? '').filter((name) => !own.has(name)),
    parameters: (parameters.Parameters ?? []).map((parameter) => parameter.Name ?? '').filter((name) => name.includes('/clusters/')),
    names: (records.ResourceRecordSets ?? []).filter((set) => set.Type === 'A').map((set) => set.Name ?? ''),
    ...inTable(all, tenant),
  }
}

/** A worker that dies with the last of it is followed by the next sweep, a minute later, or by the one after that. */
const PATIENCE_MS = 150_000
const PAUSE_MS = 100

/** Looks as an operator would, through the AWS APIs: what is held now, and what is still moving after a while. */
export async function leftovers(where: Where, tenant: string): Promise<Leftovers> {
  const now = await held(where, tenant)
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const on = await moving(where)
    const still = Object.values(on).every((count) => count === 0)
    if (still || Date.now() > end) return { ...now, ...on }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
