import type { Timers } from '../timers.ts'
import { type CallFaults, callFaults } from './call-faults.ts'
import { type EventFaults, eventFaults } from './event-faults.ts'
import { type Registry, registry } from './registry.ts'

/** Everything that can be disturbed while the local cloud runs. */
export interface Faults {
  active: Registry
  calls: CallFaults
  events: EventFaults
}

/** @param steady time that nobody moves: a delay is one, however the cloud's clock stands */
export function createFaults(steady: Timers): Faults {
  const active = registry(steady.now)
  return { active, calls: callFaults(active, steady.now), events: eventFaults(active, steady) }
}
