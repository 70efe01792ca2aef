import { randomBytes } from 'node:crypto'
import { createImages } from '../../../local/images/images.ts'
import { generateCredentials } from '../../../shared/engines/credentials.ts'
import type { Credentials, NetworkKind, NodeView, RingPlan, RingResult, RingStepName, Wire } from '../../../shared/engines/engine.ts'
import { engineOf } from '../../../shared/engines/index.ts'
import { endpointOf } from '../../../shared/engines/redis/endpoint.ts'
import { connectResp, type Endpoint } from '../../../shared/engines/resp.ts'
import type { EngineSpec } from '../../../shared/engines/specs.ts'
import { wires } from '../../../shared/engines/wire.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { type RealRing, startRing } from './nodes.ts'

const images = createImages({ cacheDir: '.cache/images', path: process.env.PATH ?? '' })

/** An engine as a test wants it. */
export interface Wanted {
  spec: EngineSpec
  network: NetworkKind
}
/** One that can be run here. */
export interface Case extends Wanted {
  /** Of the folder with its programs. */
  path: string
}

/** Where the programs of that engine are here. @throws why there are none */
async function pathOf({ spec }: Wanted): Promise<string> {
  const { path } = await images.pull(engineOf(spec).container(spec, { persistent: true, memoryMiB: 256, network: 'own' }).image)
  return path
}

/** Runs for each that this machine has a server of; for others its tests are counted as skipped, and say why. */
export async function describeEach(wanted: Wanted[], tests: (given: Case) => void): Promise<void> {
  const paths = await Promise.allSettled(wanted.map(pathOf))
  for (const [i, { spec, network }] of wanted.entries()) {
    const title = `${spec.engine} ${spec.version}, network ${network}`
    const path = paths[i]
    if (path?.status === 'fulfilled') describe(title, () => tests({ spec, network, path: path.value }))
    else {
      process.stderr.write(`skipped: ${title}: ${String(path?.reason)}\n`)
      describe.skip(`${title} (skipped: no server)`, () => tests({ spec, network, path: '' }))
    }
  }
}

/** A ring of real nodes and the real engine, as the loop would use them. */
export interface Subject {
  ring: RealRing
  credentials: Credentials
  /** One step; `withinMs` bounds it, as the loop does. */
  act(
    step: RingStepName,
    options?: { everReady?: boolean; mayLose?: boolean; without?: number[]; ordinals?: number[]; withinMs?: number },
  ): Promise<RingResult>
  views(): Promise<NodeView[]>
  /** What the engine makes of the nodes now. */
  next(everReady: boolean): Promise<RingPlan>
  /** Does what `next` says until it is formed. */
  converge(everReady: boolean, withinMs?: number): Promise<RingPlan>
  /** Runs a command as a user on one node, where that user would connect; error replies are thrown. */
  as(user: 'tenant' | 'control', ordinal: number, ...command: string[]): Promise<unknown>
}

function makeSubject(spec: EngineSpec, ring: RealRing, wire: Wire): Subject {
  const { credentials } = ring
  const all = (): number[] => ring.nodes.map((node) => node.member.ordinal)
  const views = (): Promise<NodeView[]> => Promise.all(ring.targets().map((target) => wire.probe(target, credentials, 1000)))
  const next = async (everReady: boolean): Promise<RingPlan> =>
    engineOf(spec).next(
      ring.nodes.map((node) => node.member),
      await views(),
      everReady,
    )
  const act: Subject['act'] = (step, { everReady = false, mayLose = true, without = [], ordinals = all(), withinMs = 20_000 } = {}) =>
    wire.act[step]({
      targets: ring.targets().filter(({ ordinal }) => !without.includes(ordinal)),
      credentials,
      everReady,
      mayLose,
      ordinals,
      notAfter: Date.now() + withinMs,
    })
  return {
    ring,
    credentials,
    act,
    views,
    next,
    converge: async (everReady, withinMs = 30_000) => {
      const end = Date.now() + withinMs
      let plan = await next(everReady)
      while (!plan.formed && Date.now() < end) {
        for (const { step, ordinals } of plan.steps) await act(step, { everReady, ordinals, withinMs: Math.min(20_000, end - Date.now()) })
        if (plan.steps.length === 0) await systemClock.sleep(100)
        plan = await next(everReady)
      }
      return plan
    },
    as: async (user, ordinal, ...command) => {
      const target = ring.targets()[ordinal]
      if (!target) throw new Error(`no node ${ordinal}`)
      const { address, ports } = target
      const asClient: Endpoint = { address, port: ports.client, password: credentials.tenant.current }
      const connection = await connectResp(user === 'control' ? endpointOf(target, credentials, user) : asClient, 2000)
      try {
        return await connection.call(...command)
      } finally {
        connection.close()
      }
    },
  }
}

/** Starts the nodes of a ring, lets the test have them, and stops them whatever happened. */
export async function withRing({ spec, network, path }: Case, test: (subject: Subject) => Promise<void>): Promise<void> {
  const ring = await startRing(spec, path, generateCredentials(randomBytes), { network })
  try {
    await test(makeSubject(spec, ring, wires(systemClock)[spec.engine]))
  } finally {
    await ring.stop()
  }
}

/** The engine's ids by ordinal, as far as the nodes answer. */
export const idsOf = (views: NodeView[]): string[] => views.map((view) => (view.reachable ? view.engine_node_id : `silent: ${view.reason}`))
