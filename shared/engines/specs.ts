import * as z from 'zod'
import { LIMITS, RedisSpec, ValkeySpec } from './redis/spec.ts'

/** The first registry: what a tenant may choose, engine by engine. The rest of an engine is in index.ts and wire.ts. */
export const specs = { valkey: ValkeySpec, redis: RedisSpec } as const

export const ENGINE_NAMES = ['valkey', 'redis'] as const satisfies readonly (keyof typeof specs)[]
export const EngineName = z.enum(ENGINE_NAMES, { error: `is not an engine on offer: ${ENGINE_NAMES.join(', ')}` })
export type EngineName = z.infer<typeof EngineName>

/** The engine's part of a cluster's spec; more of the cluster may stand beside it. */
export const EngineSpec = z.discriminatedUnion('engine', [ValkeySpec, RedisSpec])
export type EngineSpec = z.infer<typeof EngineSpec>

const DEFAULT_VERSIONS = { valkey: '9.1', redis: '7.2' } as const satisfies Record<EngineName, EngineSpec['version']>

export interface EngineOffer {
  engine: EngineName
  versions: string[]
  default_version: string
  shards: { min: number; max: number; default: number }
  replicas: { min: number; max: number; default: number }
}

/** What the API lists and takes its defaults from; the first engine is the default one. */
export const enginesOnOffer = (): EngineOffer[] =>
  ENGINE_NAMES.map((engine) => ({
    engine,
    versions: [...specs[engine].shape.version.options],
    default_version: DEFAULT_VERSIONS[engine],
    ...LIMITS,
  }))
