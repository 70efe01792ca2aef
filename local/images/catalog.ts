/** Packages of Debian suites, which apt verifies, run by their own loader and libraries: without root and without an image registry. */
export interface Source {
  suites: string[]
  packages: string[]
}

export interface Program {
  /** What it is called on PATH. */
  name: string
  /** Major and minor: any patch of it is the same image. Absent: any version will do. */
  version?: string
  /** It must have been built with TLS, which nodes that share a host speak with each other. */
  tls?: boolean
  /** Absent: it is only of use where somebody installed it. */
  source?: Source
}

/** What the programs link to, and the loader. */
const LIBRARIES = [
  'libc6',
  'libjemalloc2',
  'liblzf1',
  'libsystemd0',
  'libcap2',
  'libzstd1',
  'liblz4-1',
  'liblzma5',
  'libgcrypt20',
  'zlib1g',
]
const RUNTIME = [...LIBRARIES, 'libgpg-error0', 'libatomic1', 'libstdc++6', 'libgcc-s1']

const debian = (suites: string[], product: 'redis' | 'valkey', ssl: string): Source => ({
  suites,
  packages: [`${product}-server`, `${product}-tools`, ssl, ...RUNTIME],
})

const server = (product: 'redis' | 'valkey', version: string, source?: Source): Program => ({
  ...{ name: `${product}-server`, version, tls: true },
  ...(source ? { source } : {}),
})

/** Images of the engines, and what stands in for them on a machine without containers. */
export const IMAGES: Record<string, Program> = {
  'valkey/valkey:9.1': server('valkey', '9.1', debian(['forky'], 'valkey', 'libssl3t64')),
  'valkey/valkey:8.1': server('valkey', '8.1', debian(['trixie'], 'valkey', 'libssl3t64')),
  'valkey/valkey:8.0': server('valkey', '8.0', debian(['bookworm', 'bookworm-backports'], 'valkey', 'libssl3')),
  'redis:7.2': server('redis', '7.2'),
  'redis:7.0': server('redis', '7.0', debian(['bookworm'], 'redis', 'libssl3')),
}

/** The name under which an image is known here, whichever registry it is asked for from. */
export const knownName = (image: string): string | undefined =>
  Object.keys(IMAGES).find((name) => image === name || image.endsWith(`/${name}`))

/** Programs that are no image: what others form a ring with. Debian packs them with the server: they share its place in the cache. */
export const TOOLS = {
  'redis-cli': { of: 'redis:7.0', name: 'redis-cli', source: debian(['bookworm'], 'redis', 'libssl3') },
} satisfies Record<string, Program & { of: string }>
