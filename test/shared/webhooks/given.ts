import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { Server } from 'node:net'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { deps as local } from '../../../local/webhook-policy.ts'
import type { EventType } from '../../../shared/contract/event.ts'
import type { WebhookCreate } from '../../../shared/contract/webhook.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import { idMaker } from '../../../shared/platform/ids.ts'
import { sk, type TenantId, tenantId, tenantKey } from '../../../shared/platform/table.ts'
import { poster } from '../../../shared/webhooks/post.ts'
import type { EventItem } from '../../../shared/webhooks/record.ts'
import { secretService } from '../../../shared/webhooks/rotation.ts'
import { webhookSecrets } from '../../../shared/webhooks/secret.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'

export const tableName = 'cell-1'
export const START = Date.parse('2030-01-01T00:00:00.000Z')

/** A clock that is turned by hand; sleeping turns it. */
export function givenClock(start = START) {
  const clock = {
    at: start,
    now: () => clock.at,
    sleep: async (ms: number) => {
      clock.at += Math.ceil(ms)
    },
  }
  return clock
}

export interface Sent {
  message: unknown
  delayMs: number
}
/** A queue that keeps what it was given; `fail` makes the next sends fail. */
export function givenQueue() {
  const queue = {
    sent: [] as Sent[],
    fail: 0,
    send: async (message: object, delayMs = 0) => {
      if (queue.fail > 0) {
        queue.fail -= 1
        throw new Error('the queue is away')
      }
      queue.sent.push({ message, delayMs })
    },
  }
  return queue
}

export function givenSecrets() {
  const values = new Map<string, string>()
  return {
    values,
    get: async (name: string) => values.get(name),
    createIfAbsent: async (name: string, make: () => string) => {
      const value = values.get(name) ?? make()
      values.set(name, value)
      return value
    },
    put: async (name: string, value: string) => {
      values.set(name, value)
    },
    delete: async (name: string) => {
      values.delete(name)
    },
  }
}

export function givenLog() {
  const lines: { level: string; message: string }[] = []
  const write = (level: string) => (message: string) => {
    lines.push({ level, message })
  }
  return { lines, info: write('info'), warn: write('warn'), error: write('error') }
}

export interface Received {
  headers: IncomingHttpHeaders
  body: string
}
export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string
  /** Nothing is answered before it resolves. */
  after?: Promise<unknown>
}

/** Listens on loopback, at the port that is answered. */
export async function listening(server: Server, at = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** A webhook receiver on loopback; `reply` is what it answers from now on. */
export async function givenReceiver(reply: Reply = { status: 204 }, at = 0) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      await receiver.reply.after
      response.writeHead(receiver.reply.status, receiver.reply.headers).end(receiver.reply.body)
    })
  })
  const port = await listening(server, at)
  const stop = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  const receiver = { url: `http://127.0.0.1:${port}/hooks`, received, reply, stop }
  return receiver
}

export interface Cell extends GivenDynamo {
  deps: ReturnType<typeof cellDeps>
}

function cellDeps(dynamo: GivenDynamo) {
  const clock = givenClock()
  return {
    ...tableOver(dynamo.documents),
    clock,
    queue: givenQueue(),
    log: givenLog(),
    newId: idMaker(clock.now),
    random: () => 0,
    targetPolicy: local.targetPolicy,
    webhookSecrets: webhookSecrets({ secrets: givenSecrets(), cell: 'cell-1' }),
    post: poster(),
  }
}

/** A real table, and everything else that the webhooks are built on. */
export async function givenCell(options: Parameters<typeof givenDynamo>[0] = {}): Promise<Cell> {
  const dynamo = await givenDynamo(options)
  return { ...dynamo, deps: cellDeps(dynamo) }
}

type Deps = Cell['deps']

/** A webhook, with the secret that its maker is shown. */
export async function givenWebhook(deps: Deps, tenant: TenantId, body: WebhookCreate) {
  const committed = await webhookService(deps).create(tenant, body)
  if (!('result' in committed)) throw new Error('the webhook was made before')
  return secretService(deps).reveal(committed.result)
}

/** A tenant of its own, so that tests can share a table. */
export async function givenTenant({ ownDocuments, newId }: Deps, webhooks_limit = 3) {
  const tenant = tenantId(newId('tenant'))
  const Item = { ...tenantKey(tenant, sk.quota), webhooks_used: 0, webhooks_limit }
  await ownDocuments.send(new PutCommand({ TableName: tableName, Item }))
  return tenant
}

/** An event as the transaction of a change leaves it in the table. */
export async function givenEvent(
  deps: Deps,
  tenant: ReturnType<typeof tenantId>,
  event: { type?: EventType; sequence?: number; clusterId?: string } = {},
) {
  const clusterId = event.clusterId ?? deps.newId('cluster')
  const sequence = event.sequence ?? 1
  const item: EventItem = {
    ...tenantKey(tenant, sk.event(clusterId, sequence)),
    tenant_id: tenant,
    id: deps.newId('event'),
    type: event.type ?? 'cluster.ready',
    cluster_id: clusterId,
    sequence,
    created_at: isoTime(deps.clock.now()),
    data: { name: 'orders', state: 'ready', operation_id: deps.newId('operation') },
  }
  await deps.ownDocuments.send(new PutCommand({ TableName: tableName, Item: item }))
  return item
}
