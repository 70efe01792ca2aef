import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { CannotPull, createImages } from '../local/images/images.ts'
import { generateCredentials } from '../shared/engines/credentials.ts'
import type { Credentials, Member, NodeView, Target } from '../shared/engines/engine.ts'
import { engineOf } from '../shared/engines/index.ts'
import { flawOf } from '../shared/engines/redis/ring.ts'
import { EngineSpec } from '../shared/engines/specs.ts'
import { wires } from '../shared/engines/wire.ts'
import { systemClock } from '../shared/platform/clock.ts'
import { startRing } from '../test/contract/engine/nodes.ts'
import { type Figure, median, type Skipped } from './figure.ts'

const run = promisify(execFile)
/** Redis, since the tool is its own, and the engine that is the default. */
const ENGINES = [
  { engine: 'redis', version: '7.0', server: 'redis-server' },
  { engine: 'valkey', version: '9.1', server: 'valkey-server' },
] as const
type Subject = (typeof ENGINES)[number] & { path: string }

const specOf = (of: (typeof ENGINES)[number], shards: number): EngineSpec => EngineSpec.parse({ ...of, shards, replicas: 1 })
// The networked half is one for both.
const wire = wires(systemClock).valkey
const LIMIT_MS = 60_000

/** A server as its documentation says to start one of a cluster, everything else as it comes. */
const stockScript = (server: string, password: string): string => `mkdir -p ./data/node && cd ./data/node
address=\${ECS_CONTAINER_METADATA_URI_V4##*/}
exec ${server} - <<END
port 6379
bind $address
cluster-enabled yes
cluster-announce-ip $address
appendonly yes
user control on >${password} ~* &* +@all
requirepass ${password}
masterauth ${password}
END
`

type Form = (targets: Target[], credentials: Credentials) => Promise<void>

/** The tool pairs primaries and replicas as it likes: who belongs to which shard is read off the ring. */
function membersAsFormed(views: NodeView[]): Member[] {
  const shards = new Map<string, number>()
  const indexOf = (id: string): number => shards.get(id) ?? shards.set(id, shards.size).size - 1
  return views.flatMap((view) => {
    const self = view.reachable ? view.members.find((m) => m.engine_node_id === view.engine_node_id) : undefined
    return self ? [{ ordinal: view.ordinal, role: self.role, shard: indexOf(self.primary_id ?? self.engine_node_id) }] : []
  })
}

/** Polls until every node's own view is the same, complete and serving: by the same rule for both sides. */
async function untilAllAgree(targets: Target[], credentials: Credentials): Promise<void> {
  const end = performance.now() + LIMIT_MS
  while (performance.now() < end) {
    const views = await Promise.all(targets.map((target) => wire.probe(target, credentials, 1000)))
    const members = membersAsFormed(views)
    if (members.length === targets.length && flawOf(members, views) === undefined) return
    await systemClock.sleep(20)
  }
  throw new Error(`the nodes did not agree within ${LIMIT_MS} ms`)
}

async function ours(targets: Target[], credentials: Credentials): Promise<void> {
  const ordinals = targets.map((target) => target.ordinal)
  const result = await wire.act.FormRing({
    targets,
    credentials,
    everReady: false,
    mayLose: false,
    ordinals,
    notAfter: Date.now() + LIMIT_MS,
  })
  if (!result.done) throw new Error(`not formed: waiting for ${result.waitingFor}`)
}

const byHand =
  (cli: string): Form =>
  async (targets, credentials) => {
    // By hand one would wait until the servers answer, as ours does.
    for (const target of targets) while (!(await wire.probe(target, credentials, 1000)).reachable) await systemClock.sleep(10)
    const nodes = targets.map(({ address, ports }) => `${address}:${ports.client}`)
    const login = ['--user', 'control', '--pass', credentials.control.current, '--no-auth-warning']
    await run(cli, [...login, '--cluster', 'create', ...nodes, '--cluster-replicas', '1', '--cluster-yes'], { timeout: LIMIT_MS })
    await untilAllAgree(targets, credentials)
  }

/** Milliseconds from the start of fresh processes until every node's view agrees. */
async function measure(of: Subject, shards: number, form: Form, stock = false): Promise<number> {
  const credentials = generateCredentials(randomBytes)
  const options = stock ? { script: stockScript(of.server, credentials.control.current) } : { network: 'shared' as const }
  const begun = performance.now()
  const ring = await startRing(specOf(of, shards), of.path, credentials, options)
  try {
    await form(ring.targets(), ring.credentials)
    const took = performance.now() - begun
    await untilAllAgree(ring.targets(), ring.credentials)
    return took
  } finally {
    await ring.stop()
  }
}

async function repeat(times: number, once: () => Promise<number>): Promise<number> {
  const taken: number[] = []
  for (let i = 0; i < times; i += 1) taken.push(await once())
  return median(taken)
}

async function figuresOf(of: Subject, cli: { path: string; version: string } | Skipped, times: number): Promise<(Figure | Skipped)[]> {
  const label = `${of.engine} ${of.version}`
  const six = await repeat(times, () => measure(of, 3, ours))
  const twelve = await repeat(times, () => measure(of, 6, ours))
  const name = `${label}: 6 fresh nodes until every view agrees, ours / redis-cli --cluster create`
  const size: Figure = { name: `${label}: 12 nodes / 6 nodes, ours`, ours: twelve, theirs: six, unit: 'ms', target: 1.3 }
  if ('skipped' in cli) return [{ ...cli, name }, size]
  const theirs = await repeat(times, () => measure(of, 3, byHand(`${cli.path}/redis-cli`), true))
  const note = `redis-cli ${cli.version}; agree: members, roles, slots, links and what clients are told; a fresh process serves after 2.0 s at the earliest`
  return [{ name, ours: six, theirs, unit: 'ms', target: 0.3, note }, size]
}

const sentence = (error: unknown): string => (Error.isError(error) ? error.message : String(error))

/** Forming a ring, ours against the tool that comes with the engine, and against ours twice as large; real servers, one machine, one run. */
export async function formationFigures({ cacheDir = '.cache/images', times = 3 } = {}): Promise<(Figure | Skipped)[]> {
  const images = createImages({ cacheDir, path: process.env.PATH ?? '' })
  const cli = await images.tool('redis-cli').catch((error: unknown) => ({ name: 'redis-cli', skipped: sentence(error) }))
  const figures: (Figure | Skipped)[] = []
  for (const engine of ENGINES) {
    const spec = specOf(engine, 3)
    try {
      const { path } = await images.pull(engineOf(spec).container(spec, { persistent: true, memoryMiB: 256, network: 'shared' }).image)
      figures.push(...(await figuresOf({ ...engine, path }, cli, times)))
    } catch (error) {
      if (!(error instanceof CannotPull)) throw error
      figures.push({ name: `forming ${engine.engine} ${engine.version}`, skipped: error.message })
    }
  }
  return figures
}

if (import.meta.main) console.log(await formationFigures())
