import type { Engine } from './engine.ts'
import { connection } from './redis/connection.ts'
import { container } from './redis/container.ts'
import { leave } from './redis/leave.ts'
import { members, next } from './redis/ring.ts'
import type { EngineName, EngineSpec } from './specs.ts'

const redis = { members, container, next, leave, connection }

/** The second registry: the pure half of every engine. An engine is only ever given the spec of its own name. */
export const engines: Record<EngineName, Engine<EngineSpec>> = { valkey: redis, redis }

/** The engine a spec is for. */
export const engineOf = (spec: EngineSpec): Engine<EngineSpec> => engines[spec.engine]
