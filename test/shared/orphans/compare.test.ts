import { compare, ofNobody, type Since, unlisted } from '../../../shared/orphans/compare.ts'
import type { SeenCluster, SeenNode, Sight } from '../../../shared/orphans/sight.ts'
import { type Thing, thingsOf } from '../../../shared/orphans/things.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import { idMaker } from '../../../shared/platform/ids.ts'
import { tenantId } from '../../../shared/platform/table.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const since: Since = { before: NOW, iso: isoTime(NOW) }
const OLD = isoTime(NOW - 1)
const YOUNG = isoTime(NOW)
const id = (at: number): string => idMaker(() => at)('cluster')
const CLUSTER = id(NOW - 1000)
const TENANT = tenantId('ten_a')

const spec = {
  engine: 'valkey',
  version: '9.1',
  shards: 3,
  replicas: 1,
  size: '256m',
  azs: ['a'],
  durability: 'cache',
} satisfies SeenCluster['spec']
const cluster = (more: Partial<SeenCluster> = {}): SeenCluster => ({
  ...{ id: CLUSTER, spec, network: 'own', state: 'ready', generation: 1, observed_generation: 1, resources: {}, updated_at: OLD },
  conditions: [{ type: 'Ready', status: true, reason: 'Verified', message: '', since: OLD }],
  ...{ due_at: OLD, due_pk: 'DUE#clu#0' },
  ...more,
})
const deleted = (more: Partial<SeenCluster> = {}): SeenCluster =>
  cluster({ state: 'deleted', due_at: undefined, due_pk: undefined, quota_released_at: OLD, ...more })
const node = (more: Partial<SeenNode> = {}): SeenNode => ({
  ...{ id: 'nod_a', cluster_id: CLUSTER, ordinal: 0, task_arn: 'arn:task', updated_at: OLD },
  ...more,
})
const sight = (more: Partial<Sight> = {}): Sight => ({
  tenant: TENANT,
  clusters: [],
  nodes: [],
  operations: [],
  webhooks: 0,
  keys: 0,
  ...more,
})
const thing = (kind: Thing['kind'], more: Partial<Thing> = {}): Thing => ({ kind, id: `its ${kind}`, cluster: CLUSTER, ...more })
const all = (...things: Thing[]) => new Map([[CLUSTER, things]])
const found = (seen: Sight, things = all(), forgotten: string[] = []) => compare(seen, things, new Set(forgotten), since)
const kinds = (seen: Sight, things = all()): string[] => found(seen, things).map(({ kind }) => kind)

const EACH = (['task', 'definition', 'group', 'parameter', 'name'] as const).map((kind) => thing(kind))

test.each([
  ['is at work on it', { lease_holder: 'somebody' }],
  ['shall look at it', { due_at: OLD, due_pk: 'DUE#clu#0' }],
  ['has just been', { updated_at: YOUNG }],
])('what is left of a cluster that is gone is left alone while somebody %s', (_, more) => {
  expect(kinds(sight({ clusters: [deleted(more)] }), all(...EACH))).toEqual([])
  expect(kinds(sight({ clusters: [deleted()] }), all(...EACH))).toEqual(['task', 'definition', 'group', 'parameter', 'name'])
})

test('each thing that is left makes one note of the cluster untrue; a group and a name that such a ring never has are taken away', () => {
  const how = (network: SeenCluster['network']) =>
    found(sight({ clusters: [deleted({ network })] }), all(...EACH)).map(({ repair }) => ('forget' in repair ? repair.forget : repair.how))
  const own = [[], ['definition_removed'], ['network_removed', 'security_group_id'], ['credentials_removed'], ['names_removed']]
  expect(how('own')).toEqual(own)
  expect(how('shared')).toEqual([[], ['definition_removed'], 'take-away', ['credentials_removed'], 'take-away'])
})

test.each([
  ['is being made', { state: 'creating', observed_generation: 0 }],
  ['is being deleted', { state: 'deleting', generation: 2 }],
  ['is being healed', { lease_holder: 'somebody' }],
  ['waits for a node', { conditions: [{ type: 'Ready', status: false, reason: 'WaitingForNodes', message: '', since: OLD }] }],
] as const)('a ring that %s is left to the loop, whatever it lacks', (_, more) => {
  const noted = { task_definition_arn: 'arn:definition', security_group_id: 'sg-1', published_addresses: ['10.0.0.1'] }
  const state = cluster({ resources: noted, ...more, conditions: 'conditions' in more ? [...more.conditions] : cluster().conditions })
  expect(kinds(sight({ clusters: [state], nodes: [node()] }), all(thing('task')))).toEqual([])
  expect(unlisted(sight({ clusters: [state], nodes: [node()] }), all(), since)).toEqual([])
})

test('a ring that serves and lacks what it noted has it made anew, but for its credentials', () => {
  const resources = {
    ...{ task_definition_arn: 'arn:definition', security_group_id: 'sg-1', credentials_parameter: '/p' },
    published_addresses: ['10.0.0.1', '10.0.0.2'],
  }
  const lacking = found(sight({ clusters: [cluster({ resources })] }))
  expect(lacking.map(({ repair }) => ('forget' in repair ? repair.forget : repair.how))).toEqual([
    ['task_definition_arn'],
    ['security_group_id'],
    'none',
    ['published_addresses'],
  ])
  const name = thing('name', { addresses: ['10.0.0.2', '10.0.0.1'] })
  expect(found(sight({ clusters: [cluster({ resources })] }), all(thing('definition'), thing('group'), thing('parameter'), name))).toEqual(
    [],
  )
})

test('a task that is not listed is missing only when ECS does not know it', () => {
  const seen = sight({ clusters: [cluster()], nodes: [node()] })
  expect(unlisted(seen, all(thing('task', { id: 'arn:task' })), since)).toEqual([])
  expect(unlisted(seen, all(), since)).toEqual(['arn:task'])
  expect(found(seen)).toEqual([])
  expect(found(seen, all(), ['arn:task'])).toMatchObject([{ kind: 'missing', id: 'nod_a' }])
})

test('counters that moved while they were read are not judged', () => {
  const wrong = { clusters_used: 2, nodes_used: 6, cpu_units_used: 192, memory_mib_used: 1536, webhooks_used: 0, keys_used: 0 }
  const limits = { clusters_limit: 9, nodes_limit: 9, cpu_units_limit: 9, memory_mib_limit: 9, webhooks_limit: 9, keys_limit: 9 }
  const quota = { ...wrong, ...limits, requests_per_second_limit: 9 }
  expect(found(sight({ clusters: [cluster(), deleted()], quota }))).toMatchObject([
    { kind: 'quota', repair: { add: { clusters_used: -1 }, seen: { clusters_used: 2 } } },
  ])
  expect(found(sight({ clusters: [cluster(), deleted()] }))).toEqual([])
})

test('an operation is over when its cluster is where it was to go, and failed when another has the cluster', () => {
  const operation = { id: 'op_a', type: 'create', cluster_id: CLUSTER, state: 'running', created_at: OLD } as const
  const end = (of: SeenCluster[], more: object = {}) => {
    const operations = [{ ...operation, ...more }]
    return found(sight({ clusters: of, operations })).map(({ repair }) => ('succeeded' in repair ? repair.succeeded : repair.how))
  }
  expect(end([cluster({ operation_id: 'op_a' })])).toEqual([true])
  expect(end([cluster({ operation_id: 'op_b' })])).toEqual([false])
  expect(end([deleted({ operation_id: 'op_a' })])).toEqual([false])
  expect(end([])).toEqual([false])
  expect(end([cluster({ operation_id: 'op_a', state: 'creating', observed_generation: 0 })])).toEqual([])
  expect(end([], { created_at: YOUNG })).toEqual([])
})

test('what no tenant has is told unless it may have come since the tenants were looked at', () => {
  const things = all(thing('group'))
  expect(ofNobody(things, new Set(), since)).toMatchObject([{ kind: 'group', repair: { how: 'when-named' } }])
  expect(ofNobody(things, new Set([CLUSTER]), since)).toEqual([])
  const young = id(NOW)
  expect(ofNobody(new Map([[young, [thing('group', { cluster: young })]]]), new Set(), since)).toEqual([])
})

test('only what has the very name of its kind is taken for a thing of a cluster', async () => {
  const cell = 'cell-1'
  const dns = CLUSTER.replace('_', '-')
  const inventory = {
    tasks: async () => [
      { arn: 'arn:1', startedBy: `ten_a/${CLUSTER}` },
      { arn: 'arn:2', startedBy: `${CLUSTER}` },
      { arn: 'arn:3', startedBy: '' },
      { arn: 'arn:4', startedBy: `ten_a/${CLUSTER}/more` },
    ],
    knownTasks: async () => new Set<string>(),
    families: async () => [`cell-1-${CLUSTER}`, `cell-1-${CLUSTER}-mine`, 'cell-1-clu_short'],
    groups: async () => [
      { id: 'sg-1', name: `cell-1-${CLUSTER}` },
      { id: 'sg-2', name: `cell-10-${CLUSTER}` },
    ],
    parameters: async () => [`/cell-1/clusters/${CLUSTER}/credentials`, `/cell-1/clusters/${CLUSTER}/credentials/old`],
    names: async () => [
      { name: `${dns}.cell-1.internal`, addresses: ['10.0.0.1'] },
      { name: `x.${dns}.cell-1.internal`, addresses: [] },
      { name: 'cell-1.internal', addresses: [] },
    ],
  }
  const things = await thingsOf(inventory, { cell, zoneName: 'cell-1.internal' })
  expect([...things.keys()]).toEqual([CLUSTER])
  expect(things.get(CLUSTER)?.map(({ kind, id: its }) => [kind, its])).toEqual([
    ['task', 'arn:1'],
    ['definition', `cell-1-${CLUSTER}`],
    ['group', 'sg-1'],
    ['parameter', `/cell-1/clusters/${CLUSTER}/credentials`],
    ['name', `${dns}.cell-1.internal`],
  ])
})
