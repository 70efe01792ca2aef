import { apiKeyKey, DUE_INDEX, dueShard, PLATFORM, sk, TURNS, tenantId, tenantPartition } from '../../../shared/platform/table.ts'

type Builder = keyof typeof sk

/** What stands under each key, and under whose; null where a builder names a range of the others. A new key has to be described here. */
const ITEMS: Record<Builder, string | null> = {
  tenant: 'the tenant: its plan, its limits, whether it is suspended',
  quota: 'what it uses of them; counted in the transaction that uses it',
  rate: 'tokens of its rate limit',
  directory: 'that there is this tenant, for lists of all',
  key: 'what is shown of an API key',
  cluster: 'a cluster: what is wanted, what there is, its conditions, lease, fence and next look',
  node: 'a node and the exact request it was launched with',
  nodes: null,
  operation: 'a create, change or delete, and how far it is',
  idempotency: 'the answer that a repeated request gets again',
  event: 'what happened to a cluster or a webhook, counted from 1 without gaps',
  events: null,
  feed: 'how far the tenant’s events have been numbered',
  feedEntry: 'an event at its place in the order of all',
  feedEntries: null,
  webhook: 'a receiver',
  delivery: 'an event on its way to it, with its attempts',
  deliveries: null,
  allDeliveries: null,
  slots: 'who sends to it right now',
  waiter: 'a request that waits for an operation',
  waiters: null,
  audit: 'who asked for what, and what came of it',
}

const T = tenantPartition(tenantId('<tenant>'))
/** With what distinguishes one item from another in its place; numbers are padded to as many digits as there are #s. */
const sample = (name: Builder): string => {
  const keys: Record<Builder, string> = {
    ...sk,
    cluster: sk.cluster('<cluster>'),
    node: sk.node('<cluster>', 0),
    nodes: sk.nodes('<cluster>'),
    operation: sk.operation('<operation>'),
    idempotency: sk.idempotency('<hash of an Idempotency-Key>'),
    event: sk.event('<cluster or webhook>', 1),
    events: sk.events('<cluster or webhook>'),
    feedEntry: sk.feedEntry(1),
    webhook: sk.webhook('<webhook>'),
    audit: sk.audit('<entry>'),
    waiter: sk.waiter(0),
    key: sk.key('<key>'),
    directory: sk.directory('<tenant>'),
    delivery: sk.delivery('<webhook>', '<delivery>'),
    deliveries: sk.deliveries('<webhook>'),
    slots: sk.slots('<webhook>'),
  }
  return keys[name]
}

/** The one table, item by item. */
export function itemsTable(): string {
  const builders: Builder[] = Object.keys(ITEMS).filter((name): name is Builder => name in sk)
  const own = builders.flatMap((name) => {
    const what = ITEMS[name]
    const partition = name === 'directory' ? tenantPartition(PLATFORM) : T
    return what === null ? [] : [`| \`${partition}\` | \`${sample(name)}\` | ${what} |`]
  })
  const { pk, sk: sortKey } = apiKeyKey('<key>')
  return [
    '| partition | sort key | what it is |',
    '| --- | --- | --- |',
    ...own,
    `| \`${pk}\` | \`${sortKey}\` | an API key: the hash of its secret, its tenant, its scopes |`,
    `| \`${TURNS.pk}\` | \`${TURNS.sk}\` | whose turn it is at what AWS allows once a second |`,
    '',
    `The index \`${DUE_INDEX}\` holds the keys of what has to be looked at again, by kind and in shards (\`${dueShard('clu_')}\` and the like), in the order of the moment.`,
  ].join('\n')
}
