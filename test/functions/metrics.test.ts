import { deps as local } from '../../local/webhook-policy.ts'
import { credentialsParameter } from '../../shared/clusters/naming.ts'
import { packViews } from '../../shared/engines/packed-views.ts'
import { METRICS } from '../../shared/platform/metrics.ts'
import type { Decision } from '../../shared/reconcile/model.ts'
import { publish } from '../../shared/webhooks/outbox.ts'
import { givenCell, givenEvent, givenReceiver, givenTenant, givenWebhook, type Reply, tableName } from '../shared/webhooks/given.ts'
import { givenMeasures } from '../support/emf.ts'
import { givenLoop } from '../support/given-loop.ts'
import { givenApi, givenCluster, SMALL } from './api/given.ts'
import { settled } from './api/settling.ts'

/** Everything that any of them measured. */
const seen = new Set<string>()
const ends: (() => Promise<void> | void)[] = []
const measures = (name: string) => {
  const given = givenMeasures(name)
  ends.push(() => {
    for (const { namespace, name: metric, dimensions, unit } of given.data()) {
      expect([namespace, dimensions]).toEqual(['Ringhold', { cell: 'cell-1' }])
      expect(unit).toBe(Reflect.get(METRICS, metric))
      seen.add(metric)
    }
  })
  return given
}
/** Stopped after the test, however it ends. */
async function used<T extends { stop(): Promise<void> }>(coming: Promise<T>): Promise<T> {
  const given = await coming
  ends.push(() => given.stop())
  return given
}
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const ROLES = { TENANT_ROLE_ARN: 'arn:aws:iam::123456789012:role/tenant', KEYS_ROLE_ARN: 'arn:aws:iam::123456789012:role/keys' }
const ENVIRONMENT = {
  ...{ ...ROLES, CELL: 'cell-1', TABLE_NAME: tableName, AWS_REGION: 'eu-west-1', OPERATION_TIMEOUT_SECONDS: '900' },
  STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:cell-1',
  DELIVERY_QUEUE_URL: 'http://127.0.0.1:9/deliveries',
  ECS_CLUSTER: 'cell-1',
}

describe('the API', () => {
  it('measures each request, and why it was refused', async () => {
    const { log, lines, of } = measures('api')
    const api = await used(givenApi({ log }))
    const { id, key } = await api.tenant({ quota: { clusters: 1 } })
    await givenCluster(api, key)
    await api.send('POST', '/v1/clusters', { key, body: SMALL })
    expect(of('QuotaRefusals')).toMatchObject([{ value: 1, unit: 'Count', line: { tenant: id, code: 'quota_exceeded' } }])
    const headers = { 'idempotency-key': 'once' }
    for (const name of ['a', 'b']) await api.send('POST', '/v1/webhooks', { key, headers, body: { url: `https://${name}.example.com/h` } })
    expect(of('IdempotencyConflicts')).toMatchObject([{ value: 1, line: { tenant: id, operation: 'createWebhook' } }])
    await api.send('PATCH', `/v1/tenants/${id}`, { key: api.platformKey, body: { quota: { requests_per_second: 1 } } })
    await Promise.all(Array.from({ length: 12 }, () => api.send('GET', '/v1/clusters', { key })))
    expect(of('RateRefusals').length).toBeGreaterThan(0)
    const requests = of('RequestMilliseconds')
    expect(requests).toHaveLength(lines.filter((line) => line.includes('"message":"request"')).length)
    expect(requests.length).toBeGreaterThan(8)
    for (const { value, unit, line } of requests) expect([value, unit]).toEqual([line.ms, 'Milliseconds'])
  })

  it('leaves out of its own time what was held because its sender asked to wait', async () => {
    const { log, lines, of } = measures('api')
    const api = await used(givenApi({ log }))
    const { key } = await api.tenant()
    const before = of('RequestMilliseconds').length
    await api.send('POST', '/v1/clusters', { key, body: SMALL, headers: { prefer: 'wait=1' } })
    expect(lines.at(-1)).toContain('"status":202')
    expect(of('RequestMilliseconds')).toHaveLength(before)
  })

  it('tells that an operation was canceled once, when it was', async () => {
    const { log, of } = measures('api')
    const api = await used(givenApi({ log }))
    const { id: tenant, key } = await api.tenant()
    const { id, operation } = await givenCluster(api, key)
    for (let sent = 0; sent < 2; sent += 1) await api.send('DELETE', `/v1/clusters/${id}`, { key })
    expect(of('OperationsCanceled')).toMatchObject([{ value: 1, line: { tenant, cluster: id, operation_id: operation, type: 'create' } }])
  })
})

describe('the loop', () => {
  it('measures how long a create and a delete took, from what the tenant asked', async () => {
    const { log, of } = measures('observe')
    let now = Date.now()
    const api = await used(givenApi({ log, clock: { now: () => now, sleep: async () => undefined } }))
    const { id: tenant, key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    now += 42_000
    for (let again = 0; again < 2; again += 1) await settled(api, tenant, id, 'ready')
    expect(of('CreateSeconds')).toMatchObject([{ value: 42, unit: 'Seconds', line: { tenant, cluster: id, state: 'succeeded' } }])
    await api.send('DELETE', `/v1/clusters/${id}`, { key })
    now += 7_000
    await settled(api, tenant, id, 'deleted')
    expect(of('DeleteSeconds')).toMatchObject([{ value: 7, line: { type: 'delete' } }])
  })

  it('tells how long a ring waits for room, that it was given up, and that its operation failed, each once', async () => {
    const { log, of } = measures('observe')
    const loop = await used(givenLoop())
    Object.assign(loop.deps, { log, containers: { ...loop.deps.containers, run: async () => ({ placed: false, reason: 'AGENT' }) } })
    await loop.cluster('clu_full')
    for (let wake = 0; wake < 60 && (await loop.read('clu_full')).state === 'creating'; wake += 1) {
      await loop.run('clu_full', `wake ${wake}`)
      const { due_at } = await loop.read('clu_full')
      if (due_at) loop.clock.skip(Math.max(0, Date.parse(due_at) - loop.clock.now()))
    }
    const waits = of('CapacityWaitSeconds').map(({ value }) => value)
    expect(waits.length).toBeGreaterThan(3)
    expect(Math.max(...waits)).toBeGreaterThan(300)
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    const sentence = expect.stringContaining('it was waiting for')
    expect(of('RingsGivenUp')).toMatchObject([
      { value: 1, line: { message: 'a ring was given up', cluster: 'clu_full', code: 'deadline_exceeded', detail: sentence } },
    ])
    expect(of('OperationsFailed')).toMatchObject([{ value: 1, line: { type: 'create', code: 'deadline_exceeded' } }])
    expect(of('StepsFailed')[0]).toMatchObject({
      value: 1,
      line: { message: 'step failed', step: 'LaunchNodes', code: 'NotPlaced', cause: expect.stringContaining('AGENT') },
    })
  })

  it('tells each node that is replaced once, though the launch is tried again', async () => {
    const { log, of } = measures('step')
    const loop = await used(givenLoop())
    Object.assign(loop.deps, { log })
    await loop.cluster('clu_dying')
    const launches = ({ decision, steps }: Decision) => decision === 'act' && steps.some(({ name }) => name === 'LaunchNodes')
    const awaits = ({ decision, steps }: Decision) => decision === 'act' && steps.some(({ name }) => name === 'AwaitNodes')
    await loop.run('clu_dying', 'me', awaits)
    expect(of('NodesReplaced')).toEqual([])
    const [task] = loop.ecs.tasks()
    loop.driver.end(task?.arn ?? '', 1)
    loop.clock.skip(5_000)
    const decision = (await loop.run('clu_dying', 'me', launches)).at(-1)
    if (!decision) throw new Error('nothing was decided')
    const { containers } = loop.deps
    loop.deps.containers = { ...containers, run: async () => ({ placed: false, reason: 'RESOURCE:MEMORY' }) }
    for (const step of decision.steps) await loop.step(decision, step)
    loop.deps.containers = containers
    for (const step of decision.steps) await loop.step(decision, step)
    expect(of('NodesReplaced')).toMatchObject([{ value: 1, line: { cluster: 'clu_dying', attempt: 2 } }])
  })

  it('tells that data was lost once, not at each look', async () => {
    const { log, of } = measures('observe')
    const loop = await used(givenLoop())
    const view = (ordinal: number) => {
      const id = `node-${ordinal}`
      const ranges: [number, number][] = ordinal % 3 === 0 ? [] : [[ordinal, ordinal]]
      const self = { engine_node_id: id, place: `10.0.0.${ordinal}:1`, role: 'primary' as const, ranges, healthy: true }
      return { ordinal, reachable: true as const, engine_node_id: id, serving: false, settled: true, members: [self] }
    }
    Object.assign(loop.deps, { log, ring: async () => ({ views: packViews([0, 1, 2, 3, 4, 5].map(view)) }) })
    await loop.cluster('clu_lost', { state: 'ready', ready_at: new Date(loop.clock.now()).toISOString() })
    for (let wake = 0; wake < 3; wake += 1) await loop.run('clu_lost', `wake ${wake}`)
    const { conditions } = await loop.read('clu_lost')
    expect(conditions).toMatchObject([{ reason: 'DataLost' }])
    expect(of('DataLost')).toMatchObject([
      { value: 1, line: { tenant: 'ten_a', cluster: 'clu_lost', waiting: expect.stringContaining('shards 0') } },
    ])
  })
})

describe('the sweep', () => {
  it('says each time how late the most overdue item is, and how many there are', async () => {
    Object.assign(process.env, ENVIRONMENT)
    const { createHandler } = await import('../../functions/sweep.ts')
    const { log, of } = measures('sweep')
    let now = Date.now()
    const clock = { now: () => now, sleep: async () => undefined }
    const api = await used(givenApi({ clock }))
    const { key } = await api.tenant()
    let silent = async () => [{ arn: 'host', instance: 'i-0123456789abcdef0', registered_at: 0 }]
    const goneHosts = { among: async () => [], deregister: async () => true }
    const hosts = { hostNews: async () => ({ silent: await silent(), draining: [] }), goneHosts }
    const sent = { ...hosts, queue: { send: async () => undefined }, workflows: { start: async () => undefined } }
    const { documentsFor, keyDocumentsFor, ownDocuments } = api.deps
    const sweep = createHandler({ documentsFor, keyDocumentsFor, ownDocuments, tableName: api.deps.tableName, log, clock, ...sent })
    await sweep()
    expect([...of('OverdueSeconds'), ...of('OverdueItems')].map(({ value }) => value)).toEqual([0, 0])
    await givenCluster(api, key)
    now += 90_000
    await sweep()
    expect(of('OverdueItems').at(-1)?.value).toBe(1)
    // Due a minute after it was accepted.
    expect(of('OverdueSeconds').at(-1)?.value).toBe(30)
    expect(of('HostsSilent').at(-1)).toMatchObject({ value: 1, line: { silent_hosts: ['i-0123456789abcdef0'] } })
    // Whether hosts can be asked for or not, what is due is swept.
    silent = () => Promise.reject(new Error('ECS is away'))
    await sweep()
    expect([of('OverdueItems').length, of('HostsSilent').length]).toEqual([3, 2])
  })
})

describe('the comparison of each day', () => {
  it('counts what AWS and the table do not agree on', async () => {
    Object.assign(process.env, { ...ENVIRONMENT, VPC_ID: 'vpc-1', HOSTED_ZONE_ID: 'Z1', ZONE_NAME: 'cell-1.ringhold.internal' })
    const { createHandler } = await import('../../functions/orphans.ts')
    const { log, of } = measures('orphans')
    const api = await used(givenApi())
    const none = async () => []
    const inventory = { tasks: none, families: none, groups: none, names: none, knownTasks: async () => new Set<string>() }
    const left = credentialsParameter('cell-1', `clu_${'0'.repeat(26)}`)
    const { documentsFor, ownDocuments, tableName: table } = api.deps
    const deps = { documentsFor, ownDocuments, tableName: table, log }
    await createHandler({ ...deps, inventory: { ...inventory, parameters: none } })({})
    await createHandler({ ...deps, inventory: { ...inventory, parameters: async () => [left] } })({})
    expect(of('Orphans').map(({ value }) => value)).toEqual([0, 1])
  })
})

describe('a sender of webhooks', () => {
  it('measures each attempt, what arrived, what was given up and what was disabled', async () => {
    const { log, of } = measures('deliver')
    const cell = await used(givenCell())
    Object.assign(process.env, {
      ...ENVIRONMENT,
      AWS_ENDPOINT_URL: cell.endpoint.url,
      AWS_ACCESS_KEY_ID: 'deliver',
      AWS_SECRET_ACCESS_KEY: 'local',
    })
    const { createHandler } = await import('../../functions/deliver.ts')
    const { documentsFor, webhookSecrets, clock, queue } = cell.deps
    const deliver = createHandler({ documentsFor, webhookSecrets, clock, queue, log, ...local })
    const receiver = await used(givenReceiver())
    const tenant = await givenTenant(cell.deps)
    await givenWebhook(cell.deps, tenant, { url: receiver.url })
    const attempt = async (reply: Reply, lateMs: number): Promise<void> => {
      receiver.reply = reply
      await publish(cell.deps, await givenEvent(cell.deps, tenant))
      const bodies = cell.deps.queue.sent.splice(0).map(({ message }) => JSON.stringify(message))
      clock.at += lateMs
      await deliver({ Records: bodies.map((body, i) => ({ messageId: `m${i}`, body })) })
      cell.deps.queue.sent.splice(0)
    }
    await attempt({ status: 204 }, 3_000)
    expect(of('DeliveryLateSeconds')).toMatchObject([{ value: 3, line: { tenant_id: tenant, verdict: 'succeeded' } }])
    expect(of('DeliverySeconds')).toMatchObject([{ value: 3, unit: 'Seconds' }])
    await attempt({ status: 500 }, 0)
    expect([of('AttemptsFailed').length, of('DeliveriesGivenUp').length]).toEqual([1, 0])
    await attempt({ status: 410 }, 0)
    expect([of('AttemptsFailed').length, of('DeliveriesGivenUp').length]).toEqual([2, 1])
    expect(of('WebhooksDisabled')).toMatchObject([{ value: 1, line: { tenant_id: tenant, reason: 'gone' } }])
    expect(of('DeliveryLateSeconds')).toHaveLength(3)
  })
})

it('each metric that there is was measured above, and nothing else, by the cell alone', () => {
  expect([...seen].toSorted()).toEqual(Object.keys(METRICS).toSorted())
})
