import type { Member } from '../../shared/engines/engine.ts'
import type { Plan } from '../../shared/reconcile/observed.ts'
import { plan } from '../../shared/reconcile/plan.ts'
import type { Mishap, ModelWorld } from './model-world.ts'

/** Of three shards. */
export const members = (count: number): Member[] =>
  Array.from({ length: count }, (_, ordinal) => ({ ordinal, shard: ordinal % 3, role: ordinal < 3 ? 'primary' : 'replica' }))

export const quiet: Mishap = { failStep: undefined, kill: undefined, deletes: false, stray: false }
/** Follows the planner for at most 80 turns; what goes wrong goes wrong in the first ones. */
export function follow(world: ModelWorld, script: Mishap[], seen: (p: Plan, w: ModelWorld) => void = () => undefined): Plan {
  for (let turn = 0; turn < 80; turn += 1) {
    const mishap = script[turn] ?? quiet
    const next = plan(world.observe(), world.now())
    seen(next, world)
    if (next.decision === 'settle' && next.outcome !== 'parked') return next
    if (next.decision === 'act') world.wave(next.steps, mishap.failStep)
    if (next.decision === 'give-up') Object.assign(world.cluster, { failure: next.failure, failures: {} })
    world.pass(next.decision === 'pause' ? next.seconds * 1000 : next.decision === 'settle' ? 60_000 : 500)
    world.mishap(mishap)
  }
  throw new Error(`no end in 80 turns: ${JSON.stringify(plan(world.observe(), world.now()))}`)
}
