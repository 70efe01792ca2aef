import type { Operation } from '../shared/contract/operation.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../test/support/given-cell.ts'
import { type Figure, median, type Skipped } from './figure.ts'

/** Steps that wait for processes and for the engine: all else is the control plane's own. */
const WAITING = new Set(['AwaitNodes', 'FormRing'])

interface Created {
  postToWebhookMs: number
  ownMs: number
  /** Milliseconds by part of the control plane. */
  parts: Record<string, number>
}

/** Milliseconds covered by these spans, overlaps counted once. */
function covered(spans: [number, number][]): number {
  let end = Number.NEGATIVE_INFINITY
  let sum = 0
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    sum += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return sum
}

function spansOf(operation: Operation, wanted: (name: string) => boolean): [number, number][] {
  return operation.steps.flatMap((step) =>
    wanted(step.name) && step.finished_at ? [[Date.parse(step.started_at), Date.parse(step.finished_at)] satisfies [number, number]] : [],
  )
}

/** Where the time between POST and ready went that was not waiting for nodes. */
function split(operation: Operation): { ownMs: number; parts: Record<string, number> } {
  const total = Date.parse(operation.finished_at ?? '') - Date.parse(operation.created_at)
  const waiting = covered(spansOf(operation, (name) => WAITING.has(name)))
  const busy = covered(spansOf(operation, () => true))
  const steps = ['CreateCredentials', 'OpenNetwork', 'DefineTask', 'LaunchNodes', 'PublishNames'].map((name): [string, number] => [
    name,
    covered(spansOf(operation, (step) => step === name)),
  ])
  return { ownMs: total - waiting, parts: { ...Object.fromEntries(steps), 'observe, plan, settle, transitions': total - busy } }
}

async function once({ tenant, receiver }: Cell, shards: number): Promise<Created> {
  const posted = performance.now()
  const cluster = await postRing(tenant, { engine: 'valkey', shards, replicas: 1, size: '256m' })
  const event = await receiver.next(cluster.id, ['cluster.ready', 'cluster.failed'], 60_000)
  const postToWebhookMs = performance.now() - posted
  if (event.type !== 'cluster.ready') throw new Error(`the ring failed: ${JSON.stringify(event)}`)
  const operation = await ended(tenant, cluster.operation.id)
  const deleted = await deleteRing(tenant, cluster.id)
  await ended(tenant, deleted.operation.id)
  return { postToWebhookMs, ...split(operation) }
}

/**
 * One POST until its webhook is verified, in the local cloud with warm functions, against forming the same ring by hand.
 * @param byHandMs six servers started by hand and formed with `redis-cli` in the same run; undefined where that tool is missing
 */
export async function createFigures(byHandMs: number | undefined, times = 5): Promise<(Figure | Skipped)[]> {
  const cell = await givenCell()
  try {
    await once(cell, 3)
    const rings: Created[] = []
    for (let i = 0; i < times; i += 1) rings.push(await once(cell, 3))
    const parts = Object.keys(rings[0]?.parts ?? {}).map((name) => `${name} ${median(rings.map((ring) => ring.parts[name] ?? 0))}`)
    const name = 'POST until the verified webhook, ours / by hand (6 servers, redis-cli, until every view agrees)'
    const ours = median(rings.map((ring) => ring.postToWebhookMs))
    return [
      byHandMs === undefined ? { name, skipped: 'no redis-cli' } : { name, ours, theirs: byHandMs, unit: 'ms', target: 0.45 },
      {
        name: "the control plane's own part of POST until ready",
        ours: median(rings.map((ring) => ring.ownMs)),
        unit: 'ms',
        target: 600,
        note: parts.join(', '),
      },
    ]
  } finally {
    await cell.stop()
  }
}
