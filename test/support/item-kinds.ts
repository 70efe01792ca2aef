type Item = Record<string, unknown>

/** What there is to know of one kind of item, to whoever looks at the whole table. */
export interface Kind {
  sk: RegExp
  /** The member that says whose it is; absent where only the partition does. */
  owner?: 'tenant_id' | 'id'
  /** Members, at any depth, that a tenant or its receiver writes: somebody else's id may stand there as text. */
  written: readonly string[]
  /** When TTL may be set on it. */
  garbage(item: Item): boolean
}

const never = () => false
const always = () => true
const deleted = ({ state }: Item) => state === 'deleted'
/** Of a tenant that is gone. */
const left = ({ tenant_gone }: Item) => tenant_gone === true

/** By the name of the key that it stands under. A kind that is not here fails the walk. */
export const KINDS: readonly Kind[] = [
  { sk: /^TENANT$/, owner: 'id', written: ['name', 'suspended_reason'], garbage: deleted },
  { sk: /^(QUOTA|RATE)$/, written: [], garbage: left },
  { sk: /^TURNS$/, written: [], garbage: never },
  { sk: /^FEED$/, written: [], garbage: never },
  { sk: /^FEED#\d{12}$/, owner: 'tenant_id', written: ['name'], garbage: always },
  { sk: /^CLUSTER#clu_\w{26}$/, owner: 'tenant_id', written: ['name', 'labels'], garbage: deleted },
  { sk: /^NODE#clu_\w{26}#\d{4}$/, owner: 'tenant_id', written: [], garbage: never },
  { sk: /^OP#op_\w{26}$/, owner: 'tenant_id', written: [], garbage: ({ finished_at }) => finished_at !== undefined },
  { sk: /^IDEM#[0-9a-f]{64}$/, written: ['name', 'labels', 'description', 'url', 'suspended_reason'], garbage: always },
  { sk: /^EVT#(clu|whk)_\w{26}#\d{10}$/, owner: 'tenant_id', written: ['name'], garbage: always },
  { sk: /^WHK#whk_\w{26}$/, owner: 'tenant_id', written: ['url', 'description'], garbage: never },
  { sk: /^SLOTS#whk_\w{26}$/, written: [], garbage: always },
  { sk: /^DLV#whk_\w{26}#dlv_\w{26}$/, owner: 'tenant_id', written: ['name', 'answer'], garbage: always },
  { sk: /^WAIT#\d$/, written: [], garbage: always },
  { sk: /^AUDIT#aud_\w{26}$/, owner: 'tenant_id', written: ['path', 'user_agent'], garbage: always },
  {
    sk: /^APIKEY#key_\w{26}$/,
    owner: 'tenant_id',
    written: ['name'],
    garbage: ({ revoked_at, expires_at }) => revoked_at !== undefined || expires_at !== undefined,
  },
  { sk: /^TENANT#ten_\w{26}$/, written: [], garbage: ({ deleted_at }) => deleted_at !== undefined },
  {
    sk: /^KEY$/,
    owner: 'tenant_id',
    written: [],
    garbage: ({ revoked_at, expires_at }) => revoked_at !== undefined || expires_at !== undefined,
  },
]
