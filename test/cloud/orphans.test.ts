import { isDeepStrictEqual } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DeregisterTaskDefinitionCommand, DescribeTasksCommand, ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs'
import * as z from 'zod'
import { Report } from '../../local/orphans.ts'
import { startedBy, taskFamily } from '../../shared/clusters/naming.ts'
import { Cluster } from '../../shared/contract/cluster.ts'
import { documentClient } from '../../shared/platform/aws-clients.ts'
import { idMaker } from '../../shared/platform/ids.ts'
import { PLATFORM, sk, tenantId } from '../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../shared/platform/tenant-table.ts'
import { tableOver } from '../local/dynamodb/given.ts'
import { type AlteredTemplate, alteredTemplate } from '../support/altered-template.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { configOf } from '../support/operator.ts'
import { changeName, everyThing, group, nameOf, parameter, register, run, stop, zoneName } from '../support/orphan-things.ts'
import { until } from '../support/until.ts'

let template: AlteredTemplate
let cell: Cell
let given: ReturnType<typeof tableOver>
let table: TenantTable
/** The rings: one that serves, one that was deleted, and one that nobody has ever had. */
let living: Cluster
let gone: string
const NOBODYS = idMaker(() => Date.parse('2026-01-01T00:00:00Z'))('cluster')

beforeAll(async () => {
  // Nobody is told of a task that nobody wants: its event is lost.
  template = alteredTemplate((resources) => {
    for (const [name, { Type, Properties = {} }] of Object.entries(resources))
      if (Type === 'AWS::Events::Rule' && Properties.EventPattern) delete resources[name]
  })
  const clock = new URL('../support/later-clock.ts', import.meta.url).href
  const policy = new URL('../../local/webhook-policy.ts', import.meta.url).href
  cell = await givenCell({ outDir: template.outDir, overrides: { orphans: clock, api: policy, deliver: policy }, onError: () => undefined })
  const tableName = cell.cloud.template.tables[0]?.name ?? ''
  given = tableOver(documentClient(new DynamoDBClient(configOf(cell.cloud))), tableName)
  table = tableFor(given, tenantId(cell.demo.tenant_id))
  living = await ready()
  const { id } = await ready()
  await ended(cell.tenant, (await deleteRing(cell.tenant, id)).operation.id)
  gone = id
}, 300_000)
afterAll(async () => {
  await cell?.stop()
  template?.remove()
})

async function ready(): Promise<Cluster> {
  const { id, operation } = await postRing(cell.tenant, LARGE)
  await ended(cell.tenant, operation.id)
  return cell.tenant.call('GET', `/v1/clusters/${id}`, Cluster)
}

async function orphans(event: object = {}): Promise<Report> {
  const { cloud } = cell
  const { payload, functionError } = await cloud.lambda.invoke(cloud.functionName('orphans'), event)
  if (functionError) throw new Error(JSON.stringify(payload))
  return Report.parse(payload)
}

const NONE: Record<string, number> = {
  task: 0,
  definition: 0,
  group: 0,
  parameter: 0,
  name: 0,
  missing: 0,
  node: 0,
  quota: 0,
  operation: 0,
  unscheduled: 0,
}
/** Large enough for nodes with addresses of their own: it has something of each kind. */
const LARGE = { engine: 'valkey', shards: 3, replicas: 0, size: '4g' }
/** Three tasks, and one of each other kind. */
const OF_A_RING = 7
const EACH = { task: 1, definition: 1, group: 1, parameter: 1, name: 1 }

/** How many of each kind; to a clock that is ahead all that is about to be done is overdue. */
function amiss({ found }: Report): Record<string, number> {
  const { overdue: _overdue, ...rest } = found
  return rest
}

/** The loop has been told, and does it in its own time. */
const allIsWell = (): Promise<unknown> =>
  until('the loop has done its part', async () => {
    const report = await orphans()
    return (isDeepStrictEqual(amiss(report), NONE) && report.things === OF_A_RING) || undefined
  })

const definitionOf = async (cluster: string): Promise<string> => {
  const listed = await new ECSClient(configOf(cell.cloud)).send(
    new ListTaskDefinitionsCommand({ familyPrefix: taskFamily('cell-1', cluster) }),
  )
  return listed.taskDefinitionArns?.[0] ?? ''
}

/** All that the ring that serves has. */
async function has(): Promise<unknown> {
  const { cloud, tenant, demo } = cell
  const nodes = await tenant.call(
    'GET',
    `/v1/clusters/${living.id}/nodes`,
    z.object({ items: z.array(z.object({ id: z.string(), address: z.string() })) }),
  )
  const running = cloud.ecs
    .tasks()
    .filter(({ startedBy: by, lastStatus }) => by === startedBy(demo.tenant_id, living.id) && lastStatus === 'RUNNING')
  return {
    nodes: nodes.items,
    tasks: running.map(({ arn }) => arn).sort(),
    addresses: cloud.route53.lookup(nameOf(cloud, living.id)).sort(),
  }
}

test('where all is well nothing is found, a ring that serves and one that is gone among it', async () => {
  const report = await orphans({ repair: true })
  expect(amiss(report)).toEqual(NONE)
  expect(report).toMatchObject({ repaired: 0, tenants: 1 })
  expect(report.things).toBe(OF_A_RING)
})

test('what was left of a ring that is gone is told, and left alone until somebody asks; then the loop takes it back', async () => {
  const { cloud, demo } = cell
  await everyThing(cloud, demo.tenant_id, gone, await definitionOf(living.id))
  await table.put(sk.node(gone, 0), {
    ...z.record(z.string(), z.unknown()).parse(await table.get(sk.node(living.id, 0))),
    cluster_id: gone,
    task_arn: undefined,
    updated_at: '2026-01-01T00:00:00.000Z',
  })
  expect(amiss(await orphans())).toEqual({ ...NONE, ...EACH, node: 1 })
  expect(amiss(await orphans())).toEqual({ ...NONE, ...EACH, node: 1 })
  const repairing = await orphans({ repair: true })
  expect(repairing.repaired).toBe(6)
  await allIsWell()
})

/** What the report says of a cluster: each finding's reason, where it was asked for and left. */
const refusals = ({ findings }: Report, cluster: string): (string | undefined)[] =>
  findings.filter((finding) => finding.cluster === cluster).map(({ refused }) => refused)

test('what is of a cluster that no tenant has is taken away only when somebody names it, and nothing while a task of it runs', async () => {
  const { cloud, demo } = cell
  const task = await everyThing(cloud, demo.tenant_id, NOBODYS, await definitionOf(living.id))
  expect(await orphans({ repair: true })).toMatchObject({ found: EACH, repaired: 0 })
  expect(await orphans({ clusters: [NOBODYS] })).toMatchObject({ found: EACH, repaired: 0 })
  const running = await orphans({ repair: true, clusters: [NOBODYS] })
  expect(running).toMatchObject({ found: EACH, repaired: 0 })
  expect(refusals(running, NOBODYS)).toEqual(Array(5).fill(expect.stringContaining('a task of it runs')))
  await stop(cloud, task)
  expect(await orphans({ repair: true, clusters: [NOBODYS] })).toMatchObject({ found: { ...EACH, task: 0 }, repaired: 4 })
  await allIsWell()
})

test('a ring that serves keeps all it has, also when it is named while the directory does not list its tenant', async () => {
  const { demo } = cell
  const before = await has()
  const directory = tableFor(given, PLATFORM)
  const key = sk.directory(tenantId(demo.tenant_id))
  const entry = z.record(z.string(), z.unknown()).parse(await directory.get(key))
  await directory.transact([{ kind: 'delete', sk: key }])
  const report = await orphans({ repair: true, clusters: [living.id] }).finally(() => directory.put(key, entry))
  expect(report).toMatchObject({ tenants: 0, repaired: 0 })
  expect(refusals(report, living.id)).toEqual(Array(OF_A_RING).fill(expect.stringContaining(`${demo.tenant_id} has it`)))
  expect(await has()).toEqual(before)
  await allIsWell()
})

test('a cluster that is named and that a tenant has stays', async () => {
  const before = await has()
  expect(await orphans({ repair: true, clusters: [living.id, gone] })).toMatchObject({ found: NONE, repaired: 0 })
  expect(await has()).toEqual(before)
})

test('what a ring that serves has lost is made anew, and a task that none of its nodes claims is stopped', async () => {
  const { cloud, demo, tenant } = cell
  const ecs = new ECSClient(configOf(cloud))
  const before = await has()
  const definition = await definitionOf(living.id)
  const stray = await run(cloud, await register(cloud, 'stray', definition), startedBy(demo.tenant_id, living.id))
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: definition }))
  const name = nameOf(cloud, living.id)
  await changeName(cloud, 'UPSERT', name, ['10.64.0.9'])
  expect(amiss(await orphans())).toEqual({ ...NONE, task: 1, missing: 2 })
  await orphans({ repair: true })
  await until('it has what it had', async () => isDeepStrictEqual(await has(), before) || undefined)
  await allIsWell()
  const cluster = cloud.template.ecsClusters[0]?.name
  await until('it stops', async () => {
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [stray] }))
    return tasks[0]?.lastStatus === 'STOPPED' || undefined
  })
  expect(await tenant.call('GET', `/v1/clusters/${living.id}`, Cluster)).toMatchObject({ state: 'ready' })
})

test('counters that are off are put right by what they are off, an operation that nobody works on ends, a ring nobody would look at is looked at', async () => {
  const right = await table.get(sk.quota)
  await table.update(sk.quota, { update: 'ADD nodes_used :seven, webhooks_used :one', values: { ':seven': 7, ':one': -1 } })
  const lost = idMaker(Date.now)('operation')
  const operation = { tenant_id: cell.demo.tenant_id, id: lost, type: 'create', cluster_id: living.id, state: 'running', steps: {} }
  const created_at = '2026-01-01T00:00:00.000Z'
  await table.put(sk.operation(lost), { ...operation, created_at, deadline_at: created_at })
  await table.update(sk.cluster(living.id), { update: 'REMOVE due_pk, due_at' })
  const told = await orphans()
  expect(amiss(told)).toEqual({ ...NONE, quota: 1, operation: 1, unscheduled: 1 })
  expect(told.findings.find(({ kind }) => kind === 'quota')?.detail).toBe('nodes: 10 counted, 3 held; webhooks: 0 counted, 1 held')
  expect((await orphans({ repair: true })).repaired).toBe(3)
  await allIsWell()
  expect(await table.get(sk.quota)).toEqual(right)
  expect(await table.get(sk.operation(lost))).toMatchObject({ state: 'failed', error: { code: 'lost' } })
})

test('what is overdue for an hour is told', async () => {
  // For the sweep it is due in twenty minutes, and for the clock that is ahead it has been for more than an hour.
  const soon = new Date(Date.now() + 1_200_000).toISOString()
  const late = async (): Promise<string[]> => (await orphans()).findings.flatMap(({ kind, id }) => (kind === 'overdue' ? [id] : []))
  await until('it is told', async () => {
    // The loop that the repair before has woken may say anew when it is due.
    await table.update(sk.cluster(living.id), { update: 'SET due_at = :soon', values: { ':soon': soon } })
    return (await late()).some((id) => id.includes(living.id)) || undefined
  })
})

test('what others made beside it is neither told nor touched', async () => {
  const { cloud } = cell
  const like = await definitionOf(living.id)
  const family = await register(cloud, `cell-1-${NOBODYS}-mine`, like)
  const groups = [
    await group(cloud, `cell-1-${NOBODYS}x`, { 'ringhold:cell': 'cell-1' }),
    await group(cloud, `cell-2-${NOBODYS}`, { 'ringhold:cell': 'cell-2' }),
  ]
  await parameter(cloud, `/cell-1/clusters/${NOBODYS}/note`)
  await changeName(cloud, 'UPSERT', `db.${zoneName(cloud)}`, ['10.64.0.9'])
  const task = await run(cloud, family, 'somebody')
  expect(await orphans({ repair: true, clusters: [NOBODYS] })).toMatchObject({ found: NONE, repaired: 0, things: OF_A_RING })
  expect(cloud.ecs.tasks().find(({ arn }) => arn === task)).toMatchObject({ desiredStatus: 'RUNNING' })
  expect(cloud.route53.lookup(`db.${zoneName(cloud)}`)).toEqual(['10.64.0.9'])
  const { SecurityGroups } = await new EC2Client(configOf(cloud)).send(new DescribeSecurityGroupsCommand({ GroupIds: groups }))
  expect(SecurityGroups).toHaveLength(2)
})

test('a ring that is being made and one that is being deleted are left to the loop, however often it repairs meanwhile', async () => {
  const { tenant } = cell
  let over = false
  const wrong: Report['findings'] = []
  const { id, operation } = await postRing(tenant)
  const repairing = (async () => {
    while (!over) {
      const { findings } = await orphans({ repair: true })
      // What was listed a moment before the delete ended looks old to the clock that is ahead; by a true one it is too young to be judged.
      wrong.push(...findings.filter(({ cluster, detail }) => cluster === id && !detail.startsWith('its cluster is deleted since')))
    }
  })()
  const created = await ended(tenant, operation.id)
  const deleted = await ended(tenant, (await deleteRing(tenant, id)).operation.id)
  over = true
  await repairing
  expect([created.state, deleted.state]).toEqual(['succeeded', 'succeeded'])
  expect(wrong).toEqual([])
}, 120_000)
