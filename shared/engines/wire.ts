import type { Wire, WireDeps } from './engine.ts'
import { redisWire } from './redis/act.ts'
import type { EngineName } from './specs.ts'

/** The third registry: the networked half of every engine. Only `functions/ring` may import it. */
export function wires(deps: WireDeps): Record<EngineName, Wire> {
  const redis = redisWire(deps)
  return { valkey: redis, redis }
}
