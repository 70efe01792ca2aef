import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { Cloud } from '../local/cloud.ts'
import { api } from '../local/demo/api.ts'
import { issueKey } from '../local/demo/platform-key.ts'
import { givenCloud } from '../test/support/given-cell.ts'
import { until } from '../test/support/until.ts'
import { type CountingReceiver, startCountingReceiver } from './counting-receiver.ts'
import { type Figure, median } from './figure.ts'

const CHANGES = 40
const WEBHOOKS = 20
/** Changes that each webhook is told of. */
const BACKLOG = 50
/** The second attempt follows the first after five seconds at the earliest: it finds the receiver up, whatever this machine does besides. */
const DOWN_MS = 4_000
const SLOW_MS = 10_000
/** Between two changes while receivers are compared: well within what this machine delivers. */
const PACE_MS = 300
const PATIENCE_MS = 90_000
const QUOTA = { webhooks: WEBHOOKS + 1, requests_per_second: 1_000 }
const RING = { engine: 'valkey', shards: 3, replicas: 0, size: '256m' }

const Named = z.object({ id: z.string() })
const Keyed = z.object({ key: z.string() })
const Stamp = z.object({ handed_at: z.number() })

const now = (): number => performance.timeOrigin + performance.now()
/** Of so many webhooks, and one that is slow when it is told to. */
const COMPARED = 4
const SLOW = 'slow'

const names = (count: number): string[] => Array.from({ length: count }, (_, number) => `w${number}`)

const seen = (what: string, done: () => boolean): Promise<true> => until(what, () => done() || undefined, PATIENCE_MS)

interface Cell {
  cloud: Cloud
  receiver: CountingReceiver
  /** Moments at which a write was committed, and at which functions/outbox was handed an event. */
  commits: number[]
  handed: number[]
  addWebhook(name: string): Promise<{ remove(): Promise<void> }>
  /** Changes the cluster: one event. */
  change(): Promise<void>
}

async function givenWebhooks(): Promise<Cell & { stop(): Promise<void> }> {
  const receiver = await startCountingReceiver()
  const handed: number[] = []
  const cloud = await givenCloud({
    overrides: {
      api: new URL('../local/webhook-policy.ts', import.meta.url).href,
      deliver: new URL('../local/webhook-policy.ts', import.meta.url).href,
      outbox: new URL('./stamped-outbox.ts', import.meta.url).href,
    },
    logs: (_, line) => {
      if (line.startsWith('{"handed_at"')) handed.push(Stamp.parse(JSON.parse(line)).handed_at)
    },
  })
  const commits: number[] = []
  cloud.dynamo.onWrite(() => commits.push(now()))
  const platform = api(cloud.apiUrl, await issueKey(cloud))
  const { id } = await platform.call('POST', '/v1/tenants', Named, { name: 'bench', quota: QUOTA })
  const { key } = await platform.call('POST', `/v1/tenants/${id}/keys`, Keyed, {})
  const tenant = api(cloud.apiUrl, key)
  const cluster = await tenant.call('POST', '/v1/clusters', Named, RING)
  let changes = 0
  return {
    cloud,
    receiver,
    commits,
    handed,
    addWebhook: async (name) => {
      const made = await tenant.call('POST', '/v1/webhooks', Named, { url: receiver.url(name), events: ['cluster.updated'] })
      return { remove: () => tenant.call('DELETE', `/v1/webhooks/${made.id}`, z.unknown()).then(() => undefined) }
    },
    change: async () => {
      changes += 1
      const response = await fetch(`${cloud.apiUrl}/v1/clusters/${cluster.id}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `name ${changes}` }),
      })
      if (!response.ok) throw new Error(`PATCH: ${response.status} ${await response.text()}`)
    },
    stop: async () => {
      await cloud.stop()
      await receiver.down()
    },
  }
}

/** One change after another, each until it has arrived. */
async function latency({ change, commits, handed, receiver }: Cell): Promise<{ received: number; stream: number }> {
  const times: { received: number; stream: number }[] = []
  for (let i = 0; i < CHANGES; i += 1) {
    const from = now()
    await change()
    await seen('a webhook has come', () => receiver.arrivals('w0').length > i && handed.some((at) => at > from))
    const handedAt = Math.min(...handed.filter((at) => at > from))
    // The transaction is the last thing that the API writes: what follows, the function behind the stream does.
    const committedAt = Math.max(...commits.filter((at) => at > from && at < handedAt))
    times.push({ received: (receiver.arrivals('w0')[i] ?? Number.NaN) - committedAt, stream: handedAt - committedAt })
  }
  return { received: median(times.map(({ received }) => received)), stream: median(times.map(({ stream }) => stream)) }
}

interface Backlog {
  delivered: number
  duplicates: number
  /** Changes that were made while the receiver was down. */
  whileDown: number
  seconds: number
}

async function backlog({ change, receiver }: Cell): Promise<Backlog> {
  const arrived = () => names(WEBHOOKS).reduce((sum, name) => sum + receiver.arrivals(name).length, 0)
  const before = arrived()
  await receiver.down()
  let up: number | undefined
  const back = sleep(DOWN_MS)
    .then(receiver.up)
    .then(() => {
      up = now()
    })
  let whileDown = 0
  for (let i = 0; i < BACKLOG; i += 1) {
    await change()
    if (up === undefined) whileDown += 1
  }
  await back
  const delivered = () => arrived() - before
  await seen('the backlog has come', () => delivered() >= BACKLOG * WEBHOOKS)
  const seconds = (now() - (up ?? Number.NaN)) / 1000
  // What was sent twice would come about now.
  await sleep(6_000)
  return { delivered: delivered(), duplicates: receiver.duplicates(), whileDown, seconds }
}

/** Milliseconds from the answer to a change until the others have it, p50. */
async function others({ change, receiver }: Cell): Promise<number> {
  const rest = names(COMPARED)
  const before = new Map(rest.map((name) => [name, receiver.arrivals(name).length]))
  const sent: number[] = []
  for (let i = 0; i < CHANGES; i += 1) {
    await change()
    sent.push(now())
    await sleep(PACE_MS)
  }
  const arrived = (name: string) => receiver.arrivals(name).slice(before.get(name))
  await seen('the other webhooks have come', () => rest.every((name) => arrived(name).length >= CHANGES))
  return median(rest.flatMap((name) => arrived(name).map((at, index) => at - (sent[index] ?? Number.NaN))))
}

/** Webhooks of one tenant in the local cloud, with real POSTs to receivers of this process. */
export async function webhookFigures(): Promise<Figure[]> {
  const cell = await givenWebhooks()
  try {
    await cell.addWebhook('w0')
    const { received, stream } = await latency(cell)
    for (const name of names(COMPARED).slice(1)) await cell.addWebhook(name)
    const slow = await cell.addWebhook(SLOW)
    const without = await others(cell)
    cell.receiver.slow(SLOW, SLOW_MS)
    const beside = await others(cell)
    await slow.remove()
    for (const name of names(WEBHOOKS).slice(COMPARED)) await cell.addWebhook(name)
    const { delivered, duplicates, whileDown, seconds } = await backlog(cell)
    const all = BACKLOG * WEBHOOKS
    return [
      {
        name: 'a change committed until its webhook is received / until the stream hands it to a function',
        ours: received,
        theirs: stream,
        unit: 'ms',
        note: `median of ${CHANGES}`,
      },
      {
        name: `of ${all} deliveries to a receiver that is down, then up: missing`,
        ours: all - delivered,
        unit: 'deliveries',
        target: 0,
        note: `${whileDown * WEBHOOKS} of them first while it was down; all there ${seconds.toFixed(1)} s after it was up`,
      },
      { name: 'the same: sent again after they were acknowledged', ours: duplicates, unit: 'deliveries', target: 0 },
      {
        name: `${COMPARED} webhooks beside one whose receiver takes ${SLOW_MS / 1000} s to answer / beside one that is quick, p50`,
        ours: beside,
        theirs: without,
        unit: 'ms',
        target: 1.5,
      },
    ]
  } finally {
    await cell.stop()
  }
}
