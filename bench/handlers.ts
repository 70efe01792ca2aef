import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import type { Context } from 'aws-lambda'
import * as z from 'zod'
import { startServer } from '../local/dynamodb/server.ts'
import { createTableInput } from '../local/dynamodb/table.ts'
import { documentClient } from '../shared/platform/aws-clients.ts'
import { FUNCTION_VARIABLES, type HostClass } from '../shared/platform/env.ts'
import { sk, tenantId, tenantKey } from '../shared/platform/table.ts'
import { issuePlatformKey } from '../shared/tenants/platform-keys.ts'
import { functionEnvironment } from '../test/cdk/function-environment.ts'
import { givenEvent, type Sent } from '../test/functions/api/given.ts'
import { cellTable, tableOver } from '../test/local/dynamodb/given.ts'
import { type Figure, median } from './figure.ts'
import { type RecordedCall, recordCalls, replay } from './recorded-calls.ts'

const WARM = 100
const ROUNDS = 300
/** Between two requests by the handler's clock: a tenant at the limit that it has unless told otherwise. */
const PACE_MS = 20
const AZS = ['us-east-1a', 'us-east-1b', 'us-east-1c']
const HOSTS: HostClass[] = [
  {
    name: 'small',
    max_node_memory_mib: 7_000,
    network: 'own',
    capacity_providers: Object.fromEntries(AZS.map((az) => [az, `small-${az}`])),
  },
]
/** Beside that of the handler: the same items, from the same calls. */
const MIRROR = 'mirror'
const RING = { engine: 'valkey', shards: 3, replicas: 1, size: '256m' }
/** Enough for every round. */
const QUOTA = { clusters: 10_000, nodes: 100_000, memory_mib: 10_000_000, cpu_units: 10_000_000 }

const Named = z.object({ id: z.string() })
const Keyed = z.object({ key: z.string() })

interface Bench {
  documents: DynamoDBDocumentClient
  send(method: string, path: string, sent: Sent): Promise<unknown>
  /** The calls since it was last asked. */
  calls(): RecordedCall[]
  /** The platform's. */
  key: string
  stop(): Promise<void>
}

/** Two tables in a real server, spoken to without anything in between, and the API's handler over one of them. */
async function givenHandler(): Promise<Bench> {
  Object.assign(process.env, functionEnvironment(FUNCTION_VARIABLES.api))
  const { createHandler } = await import('../functions/api.ts')
  const { apiDeps } = await import('../functions/api/deps.ts')
  const server = await startServer({
    onExit: (error) => {
      throw error
    },
  })
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint: `http://${server.host}:${server.port}`, region: 'us-east-1', credentials, maxAttempts: 1 })
  const documents = documentClient(client)
  for (const name of [cellTable.name, MIRROR])
    await documents.send(new CreateTableCommand(z.custom<CreateTableCommandInput>().parse(createTableInput({ ...cellTable, name }))))
  let now = Date.now()
  const quiet = { info: () => undefined, warn: () => undefined, error: (_: string, error: unknown) => console.error(error) }
  const given = {
    ...tableOver(documents),
    clock: { now: () => now, sleep: async () => undefined },
    hostClasses: HOSTS,
    log: quiet,
    startWork: async () => undefined,
  }
  const handler = createHandler(given)
  const calls = recordCalls(documents)
  const { key } = await issuePlatformKey(apiDeps(given))
  return {
    documents,
    calls,
    key,
    send: async (method, path, sent) => {
      now += PACE_MS
      const answer = await handler(givenEvent(method, path, sent), {} as Context)
      if ('status' in answer || (answer.statusCode ?? 500) >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
      return JSON.parse(answer.body ?? 'null')
    },
    stop: async () => {
      client.destroy()
      await server.stop()
    },
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

interface Compared {
  /** Milliseconds, medians. */
  handler: number
  calls: number
  /** Of reading the one item of a cluster. */
  single: number
  /** The calls of most rounds, in order. */
  made: string
}

const listed = (calls: RecordedCall[]): string =>
  calls
    .map(({ command, after }) => `${command.replace(/(Items?)?Command$/, '')}${after.length > 0 ? ` after ${after.length}` : ''}`)
    .join(', ')

function mostOften(values: string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'nothing'
}

/** A request, its calls without the handler, and one read take turns. The mirror has what the table has, so that the calls do the same. */
async function compare(bench: Bench, Key: Record<string, string>, request: (round: number) => Promise<unknown>): Promise<Compared> {
  const rounds: { handler: number; calls: number; single: number; made: string }[] = []
  for (let round = 0; round < WARM + ROUNDS; round += 1) {
    const handler = await timed(() => request(round))
    const recorded = bench.calls()
    const again = replay(recorded, MIRROR)
    const calls = await timed(() => again(bench.documents))
    const single = await timed(() => bench.documents.send(new GetCommand({ TableName: MIRROR, Key, ConsistentRead: true })))
    bench.calls()
    if (round >= WARM) rounds.push({ handler, calls, single, made: listed(recorded) })
  }
  const half = (of: 'handler' | 'calls' | 'single') => median(rounds.map((round) => round[of]))
  return { handler: half('handler'), calls: half('calls'), single: half('single'), made: mostOften(rounds.map(({ made }) => made)) }
}

const noted = ({ made }: Compared): string => `${made}; median of ${ROUNDS} in turns`

/** The API's handler in this process, warm, over a real table, against the calls to the table that it makes. */
export async function handlerFigures(): Promise<Figure[]> {
  const bench = await givenHandler()
  try {
    const { key: platformKey } = bench
    const tenant = Named.parse(await bench.send('POST', '/v1/tenants', { key: platformKey, body: { name: 'bench', quota: QUOTA } }))
    const { key } = Keyed.parse(await bench.send('POST', `/v1/tenants/${tenant.id}/keys`, { key: platformKey, body: {} }))
    const { id } = Named.parse(await bench.send('POST', '/v1/clusters', { key, body: RING }))
    await replay(bench.calls(), MIRROR)(bench.documents)
    bench.calls()
    const item = { ...tenantKey(tenantId(tenant.id), sk.cluster(id)) }
    const create = await compare(bench, item, (round) =>
      bench.send('POST', '/v1/clusters', { key, body: RING, headers: { 'idempotency-key': `round-${round}` } }),
    )
    const get = await compare(bench, item, () => bench.send('GET', `/v1/clusters/${id}`, { key }))
    const both = { unit: 'ms', target: 1.35 }
    return [
      { ...both, name: 'create handler / its bare DynamoDB calls', ours: create.handler, theirs: create.calls, note: noted(create) },
      { ...both, name: 'get handler / its bare DynamoDB calls', ours: get.handler, theirs: get.calls, note: noted(get) },
      { name: 'get handler / one GetItem, which proves nobody', ours: get.handler, theirs: get.single, unit: 'ms' },
    ]
  } finally {
    await bench.stop()
  }
}
