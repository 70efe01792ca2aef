import type { CellConfig } from '../config.ts'
import { type Bill, billOf } from './bill.ts'
import { type Spread, spread } from './cells.ts'
import { BUCKETS } from './limits.ts'
import { ECS_CALLS } from './measured.ts'
import { nodesOf, type RingKind } from './ring.ts'

/** What a fleet needs and costs. */
export interface CapacityPlan {
  rings: number
  nodes: number
  spread: Spread
  /** To make all rings, and to look at all of them once, as fast as ECS lets an account: seconds. */
  makeSeconds: number
  makeBound: keyof typeof BUCKETS
  lookSeconds: number
  bill: Bill
}

/** How long so many calls take against a bucket that is full at first. */
const secondsOf = (calls: number, { burst, perSecond }: CellConfig['taskDefinitions']): number => Math.max(0, calls - burst) / perSecond

/** Pure: the same configuration and the same rings give the same plan. @throws when no host class takes such a node */
export function planOf(config: CellConfig, kind: RingKind, rings: number): CapacityPlan {
  const nodes = nodesOf(kind)
  const found = spread(config, kind, rings)
  const perAccount = found.ringsPerAccount
  const making = [
    { bound: 'definitions', seconds: secondsOf(perAccount, config.taskDefinitions) },
    { bound: 'tasks', seconds: secondsOf(perAccount * nodes, BUCKETS.tasks) },
    { bound: 'reads', seconds: secondsOf(perAccount * ECS_CALLS.readsPerCreate, BUCKETS.reads) },
  ] as const
  const slowest = making.reduce((most, each) => (each.seconds > most.seconds ? each : most))
  return {
    rings,
    nodes: rings * nodes,
    spread: found,
    makeSeconds: slowest.seconds,
    makeBound: slowest.bound,
    lookSeconds: secondsOf(perAccount * ECS_CALLS.readsPerLook, BUCKETS.reads),
    bill: billOf(config, kind, rings, found),
  }
}
