import { Agent } from 'node:http'
import fc from 'fast-check'
import * as z from 'zod'
import { conformance } from '../support/conformance.ts'
import { formsOf, type Item, ownersOf, walk } from '../support/walk.ts'
import { halfWritten } from './consistency.ts'
import { idsTold, judge } from './judge.ts'
import { Known } from './known.ts'
import { readDescription } from './operations.ts'
import type { Planned } from './planned.ts'
import { requests } from './requests.ts'
import { type Received, type Sent, send } from './send.ts'
import { givenTarget, type Target } from './target.ts'

export interface FuzzOptions {
  count: number
  seed: number
  /** No more requests are begun then. */
  deadlineMs: number
  progress?: (done: number) => void
}
export interface FuzzResult {
  sent: number
  /** By status. */
  statuses: Record<string, number>
  /** By kind of request: how many were accepted. */
  accepted: Record<string, string>
  /** Operations that never accepted a request. */
  untouched: string[]
  items: number
  failures: string[]
}

const AT_ONCE = 16
/** All forms of more would be looked for in every item. */
const SECRETS_WALKED = 60
const Items = z.array(z.looseObject({ pk: z.string(), sk: z.string() }))

function filled(known: Known, { method, path, headers, body }: Planned): Sent {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, known.fill(value)]))
  const bytes = body && ('text' in body ? Buffer.from(known.fill(body.text)) : Buffer.from(body.bytes, 'base64'))
  return { method, path: known.fill(path), headers: given, ...(bytes ? { body: bytes } : {}) }
}

const told = (index: number, { kind, operationId }: Planned, { method, path, headers, body }: Sent, wrong: string): string =>
  `#${index} ${kind} ${operationId}: ${method} ${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 400)} ${body?.toString('utf8').slice(0, 300) ?? ''}\n    ${wrong}`

/** The API key that a world calls with is not among what it may end. */
const keyIdOf = (key: string): string => `key_${/_(\w{26})_/.exec(key)?.[1]}`

/** Each change that was accepted is in the audit trail, under its request's id, once. */
function unaudited(items: readonly Item[], changes: readonly string[]): string[] {
  const noted = Map.groupBy(
    items.filter(({ sk }) => sk.startsWith('AUDIT#')),
    ({ request_id }) => String(request_id),
  )
  return changes
    .filter((id) => noted.get(id)?.length !== 1)
    .map((id) => `the change of request ${id} is ${noted.get(id)?.length ?? 0} times in the audit trail`)
}

/** Nobody is told of what another tenant has; the platform's keys may be told of, as those who did something. */
function strangers(items: readonly Item[], learned: ReadonlyMap<string, string>): string[] {
  const owners = ownersOf(items)
  return [...learned].flatMap(([pair, how]) => {
    const [asker, id = ''] = pair.split(' ')
    const owner = owners.get(id) ?? asker
    return owner === asker || owner === 'platform' ? [] : [`${how} tells ${asker} of ${id}, which is ${owner}'s`]
  })
}

async function attack({ url, api, tenants }: Target, { count, seed, deadlineMs, progress }: FuzzOptions): Promise<FuzzResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const served = await send(agent, url, { method: 'GET', path: '/openapi.json', headers: {} })
  const description = readDescription(served.text)
  const departs = conformance(description.document)
  const known = new Known(
    tenants,
    api.platformKey,
    tenants.map(({ key }) => keyIdOf(key)),
  )
  const plans = fc.sample(requests(description), { numRuns: count, seed })
  const [statuses, kinds, reached] = [new Map<string, number>(), new Map<string, [number, number]>(), new Set<string>()]
  const [failures, changes]: [string[], string[]] = [[], []]
  const end = Date.now() + deadlineMs
  /** By who was told of which id: the last request that told. */
  const learned = new Map<string, string>()
  /** Secrets that a caller wrote into something of its own, as a cluster's name: they are where it put them. */
  const putThere = new Set<string>()
  let next = 0

  function note(plan: Planned, { method, headers, body }: Sent, answer: Received): void {
    statuses.set(String(answer.status), (statuses.get(String(answer.status)) ?? 0) + 1)
    const fine = answer.status < 300
    const [accepted, all] = kinds.get(plan.kind) ?? [0, 0]
    kinds.set(plan.kind, [accepted + (fine ? 1 : 0), all + 1])
    if (!fine) return
    if (plan.kind !== 'hostile') reached.add(plan.operationId)
    else for (const secret of known.secrets) if (body?.includes(secret)) putThere.add(secret)
    known.harvest(known.callerOf(headers.authorization), answer.text, answer.headers)
    const changed =
      !['GET', 'HEAD', 'OPTIONS'].includes(method) &&
      answer.headers['idempotent-replayed'] === undefined &&
      !/[?&]dry_run=true/.test(plan.path)
    if (changed) changes.push(answer.headers['x-request-id'] ?? '')
  }
  async function one(index: number, plan: Planned): Promise<void> {
    const sent = filled(known, plan)
    try {
      const answer = await send(agent, url, sent)
      note(plan, sent, answer)
      const asker = known.worlds[known.callerOf(sent.headers.authorization) ?? -1]?.id
      if (asker !== undefined) for (const id of idsTold(sent, answer)) learned.set(`${asker} ${id}`, told(index, plan, sent, ''))
      failures.push(...judge(departs, known, sent, answer).map((wrong) => told(index, plan, sent, wrong)))
    } catch (error) {
      failures.push(told(index, plan, sent, `got no answer: ${String(error)}`))
    }
  }
  async function worker(): Promise<void> {
    for (let index = next++; index < plans.length && Date.now() < end; index = next++) {
      const plan = plans[index]
      if (plan) await one(index, plan)
      if (index % 1_000 === 999) progress?.(index + 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  agent.destroy()
  const items = Items.parse(await api.items())
  const kept = [...known.secrets].filter((secret) => !putThere.has(secret))
  const secrets = kept.slice(0, SECRETS_WALKED).concat(api.platformKey).flatMap(formsOf)
  return {
    sent: Math.min(next, plans.length),
    statuses: Object.fromEntries([...statuses].sort()),
    accepted: Object.fromEntries([...kinds].map(([kind, [accepted, all]]) => [kind, `${accepted} of ${all}`])),
    untouched: description.operations.map(({ operationId }) => operationId).filter((id) => !reached.has(id)),
    items: items.length,
    failures: [...failures, ...strangers(items, learned), ...halfWritten(items), ...unaudited(items, changes), ...walk(items, secrets)],
  }
}

/** Sends what is valid, almost valid and hostile, over HTTP on loopback, and looks at every answer and at what is left in the table. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const target = await givenTarget()
  try {
    return await attack(target, options)
  } finally {
    await target.stop()
  }
}
