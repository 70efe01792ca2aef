import { type ChildProcess, spawn } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderCredentials } from '../../../shared/engines/credentials.ts'
import type { Credentials, Member, NetworkKind, Ports, RingTls, Target } from '../../../shared/engines/engine.ts'
import { engineOf } from '../../../shared/engines/index.ts'
import type { EngineSpec } from '../../../shared/engines/specs.ts'
import { selfSigned } from '../../../shared/platform/certificate.ts'
import { sharedPorts } from '../../../shared/platform/shared-ports.ts'

/** A block of 127.128.0.0/9 of this process' own: 16 rings of up to 250 nodes before it comes round. */
const BLOCK = { second: 128 + (process.pid % 127), third: (Math.floor(process.pid / 127) % 16) * 16 }
let rings = 0

/** A certificate and its key as programs read them. */
export const asFiles = ({ certificate, key }: RingTls) => ({
  cert: new X509Certificate(Buffer.from(certificate, 'base64')).toString(),
  key: createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }),
})

export interface RealNode {
  member: Member
  address: string
  ports: Ports
  process: ChildProcess
  exited: Promise<void>
}

/** Real server processes, started by the very script that a task runs, each at an address of its own; addresses may change, directories stay. */
export interface RealRing {
  nodes: RealNode[]
  /** Those that it was started with, and its certificate where it has one. */
  credentials: Credentials
  targets(): Target[]
  /** Starts a member anew, at a new address or with new ports; `keepData` false takes its directory away first. */
  restart(ordinal: number, keepData: boolean): Promise<void>
  kill(ordinal: number): Promise<void>
  stop(): Promise<void>
}

async function metadataServer(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const address = request.url?.slice(1)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ Name: 'node', Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: [address] }] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  return { url: `http://127.0.0.1:${port}`, close: () => server.closeAllConnections() ?? server.close() }
}

interface StartOptions {
  /** Default: own. Shared, three hosts have an address each. */
  network?: NetworkKind
  persistent?: boolean
  /** Instead of the engine's own, to measure against; it finds its address at the end of the metadata's URI. */
  script?: string
}

export async function startRing(spec: EngineSpec, path: string, passwords: Credentials, options: StartOptions = {}): Promise<RealRing> {
  const engine = engineOf(spec)
  const network = options.network ?? 'own'
  const plan = engine.container(spec, { persistent: options.persistent ?? true, memoryMiB: 256, network })
  const credentials = network === 'shared' ? { ...passwords, tls: selfSigned('ring', Date.now()) } : passwords
  const root = await mkdtemp(join(tmpdir(), 'ringhold-ring-'))
  const metadata = await metadataServer()
  const third = BLOCK.third + (rings++ % 16)
  let addresses = 0
  const addressAt = (n: number): string => `127.${BLOCK.second}.${third}.${(n % 250) + 1}`

  async function start(member: Member): Promise<RealNode> {
    const attempt = addresses++
    const address = addressAt(network === 'own' ? attempt : member.ordinal % 3)
    const ports = plan.ports ?? sharedPorts(`${root}/${member.ordinal}`, attempt)
    const cwd = join(root, `task-${member.ordinal}`)
    await mkdir(join(cwd, 'data'), { recursive: true })
    const about = join(cwd, 'metadata.json')
    await writeFile(about, JSON.stringify({ HostPrivateIPv4Address: address }, undefined, '\t'))
    const child = spawn('sh', ['-c', options.script ?? plan.script], {
      cwd,
      stdio: 'ignore',
      env: {
        PATH: `${path}:${process.env.PATH}`,
        ECS_CONTAINER_METADATA_URI_V4: `${metadata.url}/${address}`,
        ECS_CONTAINER_METADATA_FILE: about,
        RINGHOLD_CREDENTIALS: renderCredentials(credentials),
        ...plan.environment(member, ports),
      },
    })
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    return { member, address, ports, process: child, exited }
  }
  const nodes = await Promise.all(engine.members(spec).map(start))

  async function kill(ordinal: number): Promise<void> {
    nodes[ordinal]?.process.kill('SIGKILL')
    await nodes[ordinal]?.exited
  }

  return {
    nodes,
    credentials,
    targets: () => nodes.map(({ member, address, ports }) => ({ ...member, address, ports })),
    kill,
    restart: async (ordinal, keepData) => {
      const old = nodes[ordinal]
      if (!old) throw new Error(`no node ${ordinal}`)
      await kill(ordinal)
      if (!keepData) await rm(join(root, `task-${ordinal}`), { recursive: true })
      nodes[ordinal] = await start(old.member)
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => kill(node.member.ordinal)))
      metadata.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}
