import type { NetworkKind } from '../engine.ts'

/**
 * The address of this task, when the agent has it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 * Server images have neither wget nor curl, but Debian's have bash, which opens sockets.
 */
const OWN_ADDRESS = `
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

/**
 * The address of this task's host, which the agent writes into a file a moment after the start:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-metadata.html
 */
const HOST_ADDRESS = `
address=
while [ -z "$address" ]; do
  found=$(cat "$ECS_CONTAINER_METADATA_FILE" 2>/dev/null) || found=
  case $found in *'"HostPrivateIPv4Address"'*) address=\${found#*'"HostPrivateIPv4Address"'*\\"}; address=\${address%%\\"*} ;; esac
  case $address in '' | *[!0-9.]*) address=; sleep 0.1 ;; esac
done`

/** Passwords and keys leave the environment before the server starts, and reach it through pipes: they are in no argument and no file. */
const SECRETS = `
for word in $RINGHOLD_CREDENTIALS; do
  current=\${word#*=}; next=\${current#*,}; current=\${current%%,*}
  case $word in
    control=*) control=">$current >$next" ;;
    replication=*) replication=">$current >$next"; masterauth=$current ;;
    tenant=*) tenant=">$current >$next" ;;
    certificate=*) certificate=$current ;;
    key=*) key=$current ;;
  esac
done
unset RINGHOLD_CREDENTIALS word current next
[ -n "$control" ] && [ -n "$masterauth" ] && [ -n "$tenant" ] || { echo 'RINGHOLD_CREDENTIALS is not what a node needs' >&2; exit 78; }`

const IDENTITY = `
[ -n "$certificate" ] && [ -n "$key" ] || { echo 'RINGHOLD_CREDENTIALS has no certificate for a shared network' >&2; exit 78; }
pem() { printf -- '-----BEGIN %s-----\\n' "$1"; printf '%s\\n' "$2" | fold -w 64; printf -- '-----END %s-----\\n' "$1"; }`

/** Pipes again, one for each time that the server reads: the certificate of the ring is its own authority. */
const PIPES = `3<<CERTIFICATE 4<<KEY 5<<AUTHORITY <<END
$(pem CERTIFICATE "$certificate")
CERTIFICATE
$(pem 'PRIVATE KEY' "$key")
KEY
$(pem CERTIFICATE "$certificate")
AUTHORITY`

/** Where the pipes are for the server. */
export const IDENTITY_FILES = { certificate: '/dev/fd/3', key: '/dev/fd/4', authority: '/dev/fd/5' } as const

const BY_NETWORK: Record<NetworkKind, { address: string; identity: string; input: string }> = {
  own: { address: OWN_ADDRESS, identity: '', input: '<<END' },
  shared: { address: HOST_ADDRESS, identity: IDENTITY, input: PIPES },
}

/**
 * `exec`, so that the server itself is the process that ECS stops; `-` makes it read its configuration from standard input.
 * @param config may use $address, $control, $replication, $masterauth, $tenant and the node's environment
 */
export function startScript(server: string, network: NetworkKind, config: string): string {
  const { address, identity, input } = BY_NETWORK[network]
  return `set -eu
control= replication= masterauth= tenant= certificate= key=${SECRETS}${identity}
directory=./data/$RINGHOLD_DIRECTORY
mkdir -p "$directory" && cd "$directory"${address}
exec ${server} - ${input}
${config}
END
`
}
