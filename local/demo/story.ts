import { join } from 'node:path'
import type { Connection } from '../../shared/contract/cluster.ts'
import type { Cloud } from '../cloud.ts'
import { type Api, api } from './api.ts'
import { colors } from './colors.ts'
import { nextSteps } from './next-steps.ts'
import { issueKey } from './platform-key.ts'
import type { Receiver } from './receiver.ts'
import { awaitRing, type Formed, findRing, type KnownRing, postRing } from './ring.ts'
import { awaitBack, connectionOf, tryRing } from './ring-back.ts'
import type { Screen } from './screen.ts'
import { showFormed, showRing } from './show-ring.ts'
import { type Demo, makeTenant, moveWebhook, readDemo, writeDemo } from './tenant.ts'
import type { Used } from './use-ring.ts'

export interface StoryDeps {
  cloud: Cloud
  receiver: Receiver
  screen: Screen
  /** Where the demo remembers who it is. */
  directory: string
  /** Undefined: thrown away at the end. */
  dataDir: string | undefined
  logFile: string
  /** Ends the story where it is. */
  signal: AbortSignal
}

/** A ring that was used just now. */
interface Served {
  connection: Connection
  used: Used
  /** When it was formed in this start. */
  formed?: Formed
}

const fileIn = (directory: string): string => join(directory, 'demo.json')

/** The demo as an earlier start left it. */
export const demoOf = (directory: string): Demo | undefined => readDemo(fileIn(directory))

/** Remembers before it goes on, so that a start that is cut short anywhere is gone on with at the next. */
function remember({ directory }: StoryDeps, demo: Demo): Demo {
  writeDemo(fileIn(directory), demo)
  return demo
}

/** The demo's tenant as it was left, or a new one with its key and webhook. */
async function givenTenant(deps: StoryDeps): Promise<Demo> {
  const { cloud, directory, receiver, screen, signal } = deps
  const known = demoOf(directory)
  const demo = await screen.during(known ? 'tenant, key and webhook of before' : 'a tenant, its key, its webhook', async () =>
    known
      ? moveWebhook(api(cloud.apiUrl, known.key, { signal }), known, receiver)
      : makeTenant(cloud.apiUrl, await issueKey(cloud), receiver),
  )
  receiver.trust(demo.webhook_secret)
  return remember(deps, demo)
}

const done = ({ screen }: StoryDeps, what: string): void => screen.line(`    ${colors.green('✓')} ${what}`)

/** Asks for the ring, or goes on with the one that was asked for, up to its first use. */
async function form(deps: StoryDeps, tenant: Api, demo: Demo, known: KnownRing | undefined): Promise<Served> {
  deps.screen.line(colors.bold(known ? '\nThe ring that was asked for before\n' : '\nPOST /v1/clusters\n'))
  const postedAt = Date.now()
  const ring = known ?? (await postRing(tenant, demo.ring_key))
  const named = remember(deps, { ...demo, cluster_id: ring.id })
  const formed = await awaitRing(tenant, deps.receiver, ring.operationId, deps.screen)
  if (formed.toldAt !== undefined) done(deps, 'cluster.ready received, its signature verified')
  const connection = await connectionOf(tenant, ring.id)
  const used = await tryRing(connection)
  remember(deps, { ...named, written: true })
  done(deps, `wrote and read ${used.written} keys over all shards as the tenant`)
  return { connection, used, formed: { ...formed, postedAt: known ? undefined : postedAt } }
}

/** Waits for the ring of before, and reads what was written into it. */
async function comeBack(deps: StoryDeps, tenant: Api, demo: Demo, ring: KnownRing): Promise<Served> {
  deps.screen.line(colors.bold('\nThe ring of before\n'))
  const start = Date.now()
  const back = await awaitBack(tenant, { ...ring, written: demo.written }, deps.screen)
  done(deps, `it is back: all ${ring.nodes} nodes answer and agree ${colors.dim(`${Date.now() - start} ms`)}`)
  if (!demo.written) remember(deps, { ...demo, written: true })
  done(deps, `${demo.written ? 'read the' : 'wrote and read'} ${back.used.written} keys${demo.written ? ' that were written before' : ''}`)
  return back
}

/**
 * The story: a tenant, a ring, its webhook, its use; in a directory that an earlier start has left, the same ring comes back.
 * @throws when any of it is not true
 */
export async function tell(deps: StoryDeps): Promise<void> {
  const { cloud, screen, signal } = deps
  let demo = await givenTenant(deps)
  const tenant = api(cloud.apiUrl, demo.key, { signal })
  const known = demo.cluster_id === undefined ? undefined : await findRing(tenant, demo.cluster_id)
  if (demo.cluster_id !== undefined && !known) {
    screen.line(`\nThe ring of before, ${demo.cluster_id}, is no more: here is another one.`)
    const { cluster_id: _, ...rest } = demo
    demo = remember(deps, { ...rest, ring_key: crypto.randomUUID(), written: false })
  }
  const { connection, used, formed } = known?.ready ? await comeBack(deps, tenant, demo, known) : await form(deps, tenant, demo, known)
  const clusterId = demoOf(deps.directory)?.cluster_id ?? ''
  await showRing(tenant, clusterId, used.nodes, screen)
  if (formed) showFormed(formed, screen)
  const task = cloud.ecs.tasks().find(({ startedBy, lastStatus }) => lastStatus === 'RUNNING' && startedBy?.endsWith(clusterId))?.id ?? ''
  screen.line(nextSteps({ ...deps, apiUrl: cloud.apiUrl, task }, demo, clusterId, connection))
}
