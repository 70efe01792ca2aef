import type { ContainerPlan, Durability, Member } from '../engine.ts'
import { FLAVOURS, type Flavour, type RingSpec } from './spec.ts'

export const PORTS = { client: 6379, bus: 16379 } as const
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

/**
 * The address of this task, when the agent has it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 * Server images have neither wget nor curl, but Debian's have bash, which opens sockets.
 */
const ADDRESS = `
fetch() {
  if command -v curl >/dev/null 2>&1; then curl -s -m 2 "$1"
  elif command -v wget >/dev/null 2>&1; then wget -q -T 2 -O - "$1"
  else
    rest=\${1#http://}; host=\${rest%%/*}; port=\${host##*:}; [ "$port" = "$host" ] && port=80
    timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "GET /%s HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n" "$2" "$0" >&3 && cat <&3' \\
      "\${host%%:*}" "$port" "\${rest#*/}"
  fi
}
address=
while [ -z "$address" ]; do
  found=$(fetch "$ECS_CONTAINER_METADATA_URI_V4") || found=
  case $found in *'"IPv4Addresses"'*) address=\${found#*'"IPv4Addresses"'*\\"}; address=\${address%%\\"*} ;; esac
  case $address in '' | *[!0-9.]*) address=; sleep 0.1 ;; esac
done`

/** Passwords leave the environment before the server starts, and reach it through a pipe: they are in no argument and no file. */
const SECRETS = `
for word in $RINGHOLD_CREDENTIALS; do
  current=\${word#*=}; next=\${current#*,}; current=\${current%%,*}
  case $word in
    control=*) control=">$current >$next" ;;
    replication=*) replication=">$current >$next"; masterauth=$current ;;
    tenant=*) tenant=">$current >$next" ;;
  esac
done
unset RINGHOLD_CREDENTIALS word current next
[ -n "$control" ] && [ -n "$masterauth" ] && [ -n "$tenant" ] || { echo 'RINGHOLD_CREDENTIALS is not what a node needs' >&2; exit 78; }`

const extraRules = (rules: Flavour['extraReplicationRules'], version: string): string => rules[version] ?? ''

function configuration(spec: RingSpec, durability: Durability, memoryMiB: number): string {
  const flavour: Flavour = FLAVOURS[spec.engine]
  const storage = durability.persistent
    ? ['appendonly yes', 'appendfsync everysec', 'maxmemory-policy noeviction']
    : ['appendonly no', 'maxmemory-policy allkeys-lru']
  return [
    `port ${PORTS.client}`,
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

/** `exec`, so that the server itself is the process that ECS stops; `-` makes it read its configuration from standard input. */
const script = (server: string, config: string): string => `set -eu
control= replication= masterauth= tenant=${SECRETS}
directory=./data/$RINGHOLD_DIRECTORY
mkdir -p "$directory" && cd "$directory"${ADDRESS}
exec ${server} - <<END
${config}
END
`

/** A node of the ring as a container of the official image. Every node has a directory of its own, since hosts are shared. */
export function container(spec: RingSpec, durability: Durability, memoryMiB: number): ContainerPlan {
  const flavour: Flavour = FLAVOURS[spec.engine]
  const image = flavour.images[spec.version]
  if (image === undefined) throw new Error(`no image for ${spec.engine} ${spec.version}`)
  return {
    image,
    script: script(flavour.server, configuration(spec, durability, memoryMiB)),
    ports: PORTS,
    // 10,000 clients and what the server keeps for itself.
    nofile: 65_535,
    stopTimeoutSeconds: 30,
    environment: (member: Member) => ({ RINGHOLD_DIRECTORY: `node-${member.ordinal}` }),
  }
}
