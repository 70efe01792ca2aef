import type { ContainerPlan, Member, NetworkKind, Ports, Surroundings } from '../engine.ts'
import { FLAVOURS, type Flavour, type RingSpec } from './spec.ts'
import { IDENTITY_FILES, startScript } from './start-script.ts'

/** Of a node with an address of its own. */
const PORTS: Ports = { client: 6379, peers: 6379, bus: 16379 }
/** How long a node may be silent before it counts as failing; see 1.8 of the engine's traps: a stall of a second is no failure. */
export const SERVICE_NODE_TIMEOUT_MS = 15_000

/** A fork for a snapshot may copy every page that is written meanwhile. */
const MEMORY_SHARE = 0.75

/**
 * The tenant's user takes part in nothing that runs the ring, but a cluster client must be able to find its way, and
 * to empty what is its own. `-@dangerous` takes these away first.
 */
const TENANT_RULES = [
  '+@all -@admin -@dangerous',
  '+cluster|slots +cluster|shards +cluster|nodes +cluster|info +cluster|myid +cluster|keyslot +cluster|countkeysinslot',
  '+info +keys +sort +flushdb +flushall',
].join(' ')

const extraRules = (rules: Flavour['extraReplicationRules'], version: string): string => rules[version] ?? ''

/**
 * Beside strangers, who is no member of the ring must get no word in: the bus knows no password. Clients keep a port without TLS, and
 * are told that port of every node (https://valkey.io/topics/encryption/). The TLS port takes commands too: that is where we give them.
 */
const LISTEN: Record<NetworkKind, string[]> = {
  own: [`port ${PORTS.client}`],
  shared: [
    'port $RINGHOLD_CLIENT_PORT',
    'tls-port $RINGHOLD_PEERS_PORT',
    'cluster-port $RINGHOLD_BUS_PORT',
    'tls-cluster yes',
    'tls-replication yes',
    'tls-auth-clients yes',
    `tls-cert-file ${IDENTITY_FILES.certificate}`,
    `tls-key-file ${IDENTITY_FILES.key}`,
    `tls-ca-cert-file ${IDENTITY_FILES.authority}`,
  ],
}

function configuration(spec: RingSpec, { persistent, memoryMiB, network }: Surroundings): string {
  const flavour: Flavour = FLAVOURS[spec.engine]
  const storage = persistent
    ? ['appendonly yes', 'appendfsync everysec', 'maxmemory-policy noeviction']
    : ['appendonly no', 'maxmemory-policy allkeys-lru']
  return [
    ...LISTEN[network],
    'bind $address',
    // The default user has a password from the first moment: protected mode has nothing to add.
    'protected-mode no',
    'cluster-enabled yes',
    'cluster-config-file nodes.conf',
    'cluster-announce-ip $address',
    `cluster-node-timeout ${SERVICE_NODE_TIMEOUT_MS}`,
    // Who replicates whom is ours to say, since racks are: the engine knows none.
    'cluster-allow-replica-migration no',
    `user default reset on $tenant ~* &* ${TENANT_RULES}`,
    'user control reset on $control ~* &* +@all',
    `user replication reset on $replication +psync +replconf +ping ${extraRules(flavour.extraReplicationRules, spec.version)}`.trimEnd(),
    'masteruser replication',
    'masterauth $masterauth',
    // Waiting for a second replica to share a snapshot with is in vain where there is none, and costs a second at least.
    `repl-diskless-sync-delay ${spec.replicas > 1 ? 5 : 0}`,
    `repl-diskless-sync-max-replicas ${spec.replicas}`,
    'save ""',
    ...storage,
    `maxmemory ${Math.floor(memoryMiB * MEMORY_SHARE)}mb`,
    'shutdown-timeout 5',
    'always-show-logo no',
  ].join('\n')
}

const directoryOf = (member: Member): Record<string, string> => ({ RINGHOLD_DIRECTORY: `node-${member.ordinal}` })

const portsAs = ({ client, peers, bus }: Ports): Record<string, string> => ({
  RINGHOLD_CLIENT_PORT: String(client),
  RINGHOLD_PEERS_PORT: String(peers),
  RINGHOLD_BUS_PORT: String(bus),
})

/** A node of the ring as a container of the official image. Every node has a directory of its own, since hosts are shared. */
export function container(spec: RingSpec, surroundings: Surroundings): ContainerPlan {
  const flavour: Flavour = FLAVOURS[spec.engine]
  const image = flavour.images[spec.version]
  if (image === undefined) throw new Error(`no image for ${spec.engine} ${spec.version}`)
  return {
    image,
    script: startScript(flavour.server, surroundings.network, configuration(spec, surroundings)),
    ...(surroundings.network === 'own' ? { ports: PORTS } : {}),
    // 10,000 clients and what the server keeps for itself.
    nofile: 65_535,
    stopTimeoutSeconds: 30,
    environment: (member, ports) => ({ ...directoryOf(member), ...(surroundings.network === 'own' ? {} : portsAs(ports)) }),
  }
}
