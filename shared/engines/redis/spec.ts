import * as z from 'zod'

/** What differs between the flavours and versions of this engine, as data. */
export interface Flavour {
  /** The program in its image. */
  server: string
  images: Record<string, string>
  /** What a replica's user needs besides PSYNC, from a version on: naming a command that a server does not know stops it. */
  extraReplicationRules: Record<string, string>
}

export const FLAVOURS = {
  redis: {
    server: 'redis-server',
    images: { '7.0': 'redis:7.0', '7.2': 'redis:7.2' },
    extraReplicationRules: {},
  },
  valkey: {
    server: 'valkey-server',
    images: { '8.0': 'valkey/valkey:8.0', '8.1': 'valkey/valkey:8.1', '9.1': 'valkey/valkey:9.1' },
    // Slots move by a replication stream of their own from 9.0 on (https://valkey.io/topics/atomic-slot-migration/).
    extraReplicationRules: { '9.1': '+cluster|syncslots' },
  },
} as const satisfies Record<string, Flavour>

/** A primary needs two others to vote for its replica; past 60 shards the gossip of a full mesh costs more than it brings. */
export const LIMITS = { shards: { min: 3, max: 60, default: 3 }, replicas: { min: 0, max: 3, default: 1 } } as const

const count = (what: string, { min, max }: { min: number; max: number }) => {
  const sentence = `takes ${min} to ${max} ${what}`
  return z.int(sentence).min(min, sentence).max(max, sentence)
}

const version = <V extends string>(versions: readonly [V, ...V[]]) =>
  z.enum(versions, { error: `is not a version on offer: ${versions.join(', ')}` })

const topology = { shards: count('shards', LIMITS.shards), replicas: count('replicas per shard', LIMITS.replicas) }

/** What a tenant may choose of a ring, by flavour. */
export const RedisSpec = z.object({ engine: z.literal('redis'), version: version(['7.0', '7.2']), ...topology })
export const ValkeySpec = z.object({ engine: z.literal('valkey'), version: version(['8.0', '8.1', '9.1']), ...topology })
export type RingSpec = z.infer<typeof RedisSpec> | z.infer<typeof ValkeySpec>
