import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { createImages } from '../local/images/images.ts'
import { generateCredentials } from '../shared/engines/credentials.ts'
import type { Credentials, Member, NodeView, Target } from '../shared/engines/engine.ts'
import { engineOf } from '../shared/engines/index.ts'
import { flawOf } from '../shared/engines/redis/ring.ts'
import type { EngineSpec } from '../shared/engines/specs.ts'
import { wires } from '../shared/engines/wire.ts'
import { systemClock } from '../shared/platform/clock.ts'
import { type RealRing, startRing } from '../test/contract/engine/nodes.ts'
import { type Figure, median, type Skipped } from './figure.ts'

const run = promisify(execFile)
const spec = (shards: number): EngineSpec => ({ engine: 'valkey', version: '9.1', shards, replicas: 1 })
const wire = wires(systemClock).valkey
const LIMIT_MS = 60_000

/** A server as its documentation says to start one of a cluster, everything else as it comes. */
const stockScript = (password: string): string => `mkdir -p ./data/node && cd ./data/node
address=\${ECS_CONTAINER_METADATA_URI_V4##*/}
exec valkey-server - <<END
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
  const result = await wire.act.FormRing({ targets, credentials, everReady: false, ordinals, notAfter: Date.now() + LIMIT_MS })
  if (!result.done) throw new Error(`not formed: waiting for ${result.waitingFor}`)
}

const byHand =
  (cli: string): Form =>
  async (targets, credentials) => {
    // By hand one would wait until the servers answer, as ours does.
    for (const target of targets) while (!(await wire.probe(target, credentials, 1000)).reachable) await systemClock.sleep(10)
    const nodes = targets.map(({ address, port }) => `${address}:${port}`)
    const login = ['--user', 'control', '--pass', credentials.control.current, '--no-auth-warning']
    await run(cli, [...login, '--cluster', 'create', ...nodes, '--cluster-replicas', '1', '--cluster-yes'], { timeout: LIMIT_MS })
    await untilAllAgree(targets, credentials)
  }

/** Milliseconds from the start of fresh processes until every node's view agrees. */
async function measure(shards: number, path: string, form: Form, script?: (password: string) => string): Promise<number> {
  const credentials = generateCredentials(randomBytes)
  const options = script ? { script: script(credentials.control.current) } : {}
  const begun = performance.now()
  const ring: RealRing = await startRing(spec(shards), path, credentials, options)
  try {
    await form(ring.targets(), credentials)
    const took = performance.now() - begun
    await untilAllAgree(ring.targets(), credentials)
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

/** Forming a ring, ours against the tool that comes with the engine and against ours twice as large; real servers, one machine, one run. */
export async function formationFigures({ cacheDir = '.cache/images', times = 3 } = {}): Promise<(Figure | Skipped)[]> {
  const images = createImages({ cacheDir, path: process.env.PATH ?? '' })
  const { path } = await images.pull(engineOf(spec(3)).container(spec(3), { persistent: true }, 256).image)
  const six = await repeat(times, () => measure(3, path, ours))
  const twelve = await repeat(times, () => measure(6, path, ours))
  const size: Figure = { name: '12 nodes / 6 nodes, from exec until every view agrees', ours: twelve, theirs: six, unit: 'ms', target: 1.3 }
  const name = '6 fresh nodes until every view agrees, ours / redis-cli --cluster create'
  try {
    const cli = await images.tool('redis-cli')
    const theirs = await repeat(times, () => measure(3, path, byHand(`${cli.path}/redis-cli`), stockScript))
    const note = "the engine's own floor is 2.0 s from exec"
    return [{ name, ours: six, theirs, unit: 'ms', target: 0.3, note: `redis-cli ${cli.version}; ${note}` }, size]
  } catch (error) {
    return [{ name, skipped: Error.isError(error) ? error.message : String(error) }, size]
  }
}

if (import.meta.main) console.log(await formationFigures())
