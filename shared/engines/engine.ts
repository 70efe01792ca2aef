import * as z from 'zod'

/** A password pair: nodes accept both from the day they start, so that a rotation never needs a restart. */
export const Credential = z.object({ current: z.string(), next: z.string() })
/** In base64, a certificate (DER) that is its own authority, and its key (PKCS #8): nodes of one ring show it and trust nothing else. */
export const RingTls = z.object({ certificate: z.string(), key: z.string() })
export type RingTls = z.infer<typeof RingTls>
/** The users of one cluster: `control` is ours, `replication` the nodes' own, `tenant` the one that is handed out. `tls`: of a shared network. */
export const Credentials = z.object({ control: Credential, replication: Credential, tenant: Credential, tls: RingTls.optional() })
export type Credentials = z.infer<typeof Credentials>

/** One place in a ring, decided before anything runs: who it is, not where it is. */
export interface Member {
  ordinal: number
  shard: number
  /** The role it is born with; after a failover the ring itself knows better. */
  role: 'primary' | 'replica'
}

/**
 * `own`: each node has a network interface, and so an address and all its ports, to itself. `shared`: nodes of many rings listen at
 * their host's address, on ports that they are given, and speak to each other over TLS.
 */
export const NETWORKS = ['own', 'shared'] as const
export type NetworkKind = (typeof NETWORKS)[number]

/** Where a node listens: for clients, for us and the other nodes of its ring (the same unless the network is shared), and for their bus. */
export const Ports = z.object({ client: z.int(), peers: z.int(), bus: z.int() })
export type Ports = z.infer<typeof Ports>

/** A member that runs, as `functions/ring` is told about it. `engine_node_id` is absent until it was first seen. */
export const Target = z.object({
  ordinal: z.int(),
  shard: z.int(),
  role: z.enum(['primary', 'replica']),
  address: z.string(),
  ports: Ports,
  engine_node_id: z.string().optional(),
})
export type Target = z.infer<typeof Target>

/** What one node says of one member of its ring. Ranges are slots or tokens, inclusive. */
const MemberView = z.object({
  engine_node_id: z.string(),
  /** Where it is, down to its ports: as the engine writes it, not to be connected to. */
  place: z.string(),
  role: z.enum(['primary', 'replica']),
  primary_id: z.string().optional(),
  ranges: z.array(z.tuple([z.int(), z.int()])),
  healthy: z.boolean(),
})
/** One node's own view of the whole ring, or why it gave none. */
export const NodeView = z.discriminatedUnion('reachable', [
  z.object({ ordinal: z.int(), reachable: z.literal(false), reason: z.string() }),
  z.object({
    ordinal: z.int(),
    reachable: z.literal(true),
    engine_node_id: z.string(),
    /** The node takes reads and writes for the whole ring, by its own account, and its own links are up. */
    serving: z.boolean(),
    /** What it lacks to serve, for people. */
    lacks: z.string().optional(),
    /** Settings that only hold while a ring is being formed are back at their service values. */
    settled: z.boolean(),
    members: z.array(MemberView),
  }),
])
export type NodeView = z.infer<typeof NodeView>

/** The ring verbs, each a state of the graph and an act of the engine. */
export const RING_STEPS = ['FormRing', 'ReplaceNode', 'HandOver', 'TakeOver'] as const
export type RingStepName = (typeof RING_STEPS)[number]

/** What the engine makes of the views: it is formed, or these steps are safe now, or this is what it waits for. */
export interface RingPlan {
  formed: boolean
  steps: { step: RingStepName; ordinals: number[] }[]
  /** Shards of a ring that once served whose every copy is gone: what they held is lost. */
  lost: number[]
  /** A clause that can follow "waiting for". */
  waitingFor?: string
}

/** How members come to stand where they should: first what only these do goes to others, then any one of those may be stopped. */
export interface RingMove {
  handOver: number[]
  stop: number[]
}

/** What one container of the ring is. Everything that differs by node goes through `env`, since a task definition is shared by the ring. */
export interface ContainerPlan {
  image: string
  /** POSIX shell, run as `sh -c`; its working directory is the container's root, data is under `./data`. */
  script: string
  /** Of every node, where each has an address of its own; absent where the network is shared. */
  ports?: Ports
  nofile: number
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeoutSeconds: number
  /** Environment by node: where its directory is, and its ports. */
  environment(member: Member, ports: Ports): Record<string, string>
}

/** What a tenant is told to connect with. */
export interface Connection {
  endpoints: { host: string; port: number }[]
  username: string
  uris: { client: string; uri: string }[]
  /** What to write with each of the usual clients; whatever is told is escaped for its language. */
  clients: { client: string; language: string; code: string }[]
}

/** What a container is given by its cluster's plan and host. */
export interface Surroundings {
  /** Whether nodes keep a directory on their host's data disk. */
  persistent: boolean
  memoryMiB: number
  network: NetworkKind
}

/** The pure half of an engine: no clock, no network, no AWS. `Spec` is what its `spec.ts` parses. */
export interface Engine<Spec> {
  members(spec: Spec): Member[]
  container(spec: Spec, surroundings: Surroundings): ContainerPlan
  /** `views`: of the members that run, those that gave none included. `everReady`: the ring once served its tenant, so its data may not be reset. */
  next(members: Member[], views: NodeView[], everReady: boolean): RingPlan
  /** Of a formed ring: how these of its members may be moved without anything being lost, who is in neither list not at all; and who else is to hand over. */
  leave(members: Member[], views: NodeView[], leaving: number[]): RingMove
  /** @param input.nodes where clients reach each; `name` stands for the addresses of all, where all have the same port */
  connection(input: { nodes: { address: string; port: number }[]; name?: string; password: string }): Connection
}

export interface RingCall {
  targets: Target[]
  credentials: Credentials
  everReady: boolean
  /** What its nodes hold may go: a shard of which no copy is left begins anew, empty. */
  mayLose: boolean
  /** Ordinals the step is about; of FormRing all that are to agree. Each must have a target. */
  ordinals: number[]
  /** Nothing is done to a node after this moment (epoch milliseconds), whatever was left undone. */
  notAfter: number
}
/** `done: false` with what it still waits for is an answer, not an error: the planner asks again. */
export type RingResult = { done: true; views: NodeView[] } | { done: false; waitingFor: string; views: NodeView[] }

/** What the networked half takes of its surroundings. */
export interface WireDeps {
  /** Epoch milliseconds, on the clock that `notAfter` is of. */
  now(): number
  sleep(ms: number): Promise<void>
}

/** The networked half, bundled into `functions/ring` alone. Every act is idempotent and starts by reading the ring. */
export interface Wire {
  probe(target: Target, credentials: Credentials, timeoutMs: number): Promise<NodeView>
  act: Record<RingStepName, (call: RingCall) => Promise<RingResult>>
}
