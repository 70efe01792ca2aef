import { holdLease, readCluster } from '../../../shared/clusters/lease.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../../shared/platform/tenant-table.ts'
import { cellTable, type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'
import { givenCluster, newCluster } from '../../support/cluster.ts'

const VARIABLES = {
  CELL: 'cell-1',
  TABLE_NAME: cellTable.name,
  TENANT_ROLE_ARN: 'arn:aws:iam::123456789012:role/tenant',
  STATE_MACHINE_ARN: 'arn:machine',
  AWS_REGION: 'eu-west-1',
}
let dynamo: GivenDynamo
let table: TenantTable
let wake: (event: unknown) => Promise<unknown>
const started: string[] = []
const told: unknown[] = []
beforeAll(async () => {
  Object.assign(process.env, VARIABLES)
  dynamo = await givenDynamo()
  const deps = tableOver(dynamo.documents)
  table = tableFor(deps, tenantId('ten_a'))
  // The bundle's own handler is made when the module is loaded, and reads the environment.
  const { createHandler } = await import('../../../functions/wake.ts')
  const log = { info: () => undefined, warn: () => undefined, error: (_: string, __: unknown, fields?: object) => void told.push(fields) }
  wake = createHandler({ ...deps, log, workflows: { start: async (name) => void started.push(name) } })
})
beforeEach(() => {
  started.length = 0
})
afterAll(() => dynamo.stop())

const taskEvent = (clusterId: string, lastStatus: string, desiredStatus = 'RUNNING') => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  detail: { startedBy: `ten_a/${clusterId}`, lastStatus, desiredStatus },
})
const image = (wakes: number, more = {}) => ({ wake: { N: String(wakes) }, generation: { N: '1' }, ...more })
const record = (clusterId: string, NewImage: object, OldImage: object | undefined, SequenceNumber = '1') => ({
  eventSource: 'aws:dynamodb',
  dynamodb: {
    SequenceNumber,
    Keys: { pk: { S: 'T#ten_a' }, sk: { S: `CLUSTER#${clusterId}` } },
    NewImage,
    ...(OldImage ? { OldImage } : {}),
  },
})

describe('an ECS event', () => {
  it('wakes its cluster', async () => {
    await givenCluster(table, newCluster('clu_event'))
    await wake(taskEvent('clu_event', 'RUNNING'))
    expect(started).toEqual(['clu_event.1.2'])
  })

  it('is noted while somebody is at work, who will look again', async () => {
    await givenCluster(table, newCluster('clu_busy'))
    await holdLease(table, 'clu_busy', 'me', Date.now())
    await wake(taskEvent('clu_busy', 'STOPPED', 'STOPPED'))
    expect([started, (await readCluster(table, 'clu_busy'))?.wake]).toEqual([[], 2])
  })

  it.each(['deleted', 'failed'] as const)('of a task that ends with its %s cluster is no news', async (state) => {
    await givenCluster(table, newCluster('clu_gone', { state }))
    await wake(taskEvent('clu_gone', 'STOPPED', 'STOPPED'))
    await wake(taskEvent('clu_gone', 'RUNNING', 'STOPPED'))
    expect(started).toEqual([])
  })

  it('of a task that runs on after its cluster was deleted wakes it once more', async () => {
    await givenCluster(table, newCluster('clu_zombie', { intent: 'absent', state: 'deleted' }))
    await wake(taskEvent('clu_zombie', 'RUNNING'))
    expect(started).toEqual(['clu_zombie.1.2'])
  })

  it('of a stranger’s task, or of a cluster nobody knows, is none of our business', async () => {
    await wake({ ...taskEvent('x', 'RUNNING'), detail: { startedBy: 'somebody', lastStatus: 'RUNNING', desiredStatus: 'RUNNING' } })
    await wake({ ...taskEvent('x', 'RUNNING'), detail: { lastStatus: 'RUNNING', desiredStatus: 'RUNNING' } })
    await wake(taskEvent('clu_unknown', 'RUNNING'))
    expect(started).toEqual([])
  })
})

describe('a stream record', () => {
  it('starts what was just written, and what a lease’s end left to do', async () => {
    await givenCluster(table, newCluster('clu_new'))
    expect(await wake({ Records: [record('clu_new', image(1), undefined)] })).toEqual({ batchItemFailures: [] })
    expect(started).toEqual(['clu_new.1.1'])
  })

  it('without a new wake or generation is no news', async () => {
    await wake({ Records: [record('clu_new', image(1, { lease_holder: { S: 'x' } }), image(1))] })
    expect(started).toEqual([])
  })

  it('that cannot be handled comes again, alone', async () => {
    await givenCluster(table, newCluster('clu_fine'))
    await table.put('CLUSTER#clu_broken', { id: 'clu_broken' })
    const Records = [record('clu_broken', image(1), undefined, '7'), record('clu_fine', image(1), undefined, '8')]
    expect(await wake({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] })
    expect(started).toEqual(['clu_fine.1.1'])
    expect(told).toEqual([{ cluster: 'clu_broken' }])
  })
})
