import type { ClusterRecord, StepFailure } from '../clusters/record.ts'
import { waiting } from './conditions.ts'
import type { Step } from './model.ts'
import type { Plan, Waiting } from './observed.ts'
import { waitFor } from './patience.ts'

/** Longest time between two tries of a failing step. */
const MAX_MS = 300_000
/** Room may come any minute, and asking for it is no mistake that gets worse. */
const MAX_FOR_ROOM_MS = 60_000

/** What LaunchNodes fails with when ECS would not take a task: a lack of capacity. */
export const NOT_PLACED = 'NotPlaced'

/** What RemoveDefinition fails with while there are not enough turns for all. */
export const OTHERS_FIRST = 'OthersFirst'

/**
 * An account's rate, shared by all its clusters: one a second for task definitions. Who waits long for its turn only lets
 * others pass: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html
 */
const THROTTLED = /^(Throttl|RequestThrottled|RequestLimitExceeded|TooManyRequests|PriorRequestNotComplete|OthersFirst)/
const MAX_FOR_A_TURN_MS = 20_000

/** From 0.75 to 1.25, for each cluster its own: those that were throttled together come again apart. */
const share = (id: string): number => 0.75 + ([...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7) % 51) / 100

function delayMs({ code, count }: StepFailure, clusterId: string): number {
  const grown = 1000 * 2 ** (count - 1)
  if (THROTTLED.test(code)) return Math.min(MAX_FOR_A_TURN_MS, grown) * share(clusterId)
  return Math.min(code === NOT_PLACED ? MAX_FOR_ROOM_MS : MAX_MS, grown)
}

interface Held {
  step: Step
  leftMs: number
  failure: StepFailure
}

const waitingFor = ({ step, failure }: Held): Waiting =>
  failure.code === NOT_PLACED ? waiting('WaitingForCapacity', failure.message) : waiting('BackingOff', `${step.name}: ${failure.message}`)

/**
 * Holds back the steps of a wave that failed a moment ago: 1 s, 2 s, 4 s ... 5 minutes after each failure. What is left is
 * done; when nothing is left, the first that may be tried again is waited for.
 */
export function backOff(cluster: ClusterRecord, plan: Plan, now: number): Plan {
  if (plan.decision !== 'act') return plan
  const held = plan.steps.flatMap((step): Held[] => {
    const failure = cluster.failures[step.name]
    if (!failure) return []
    const leftMs = Date.parse(failure.at) + delayMs(failure, cluster.id) - now
    return leftMs > 0 ? [{ step, leftMs, failure }] : []
  })
  const steps = plan.steps.filter((step) => !held.some((h) => h.step === step))
  const [first] = held.sort((a, b) => a.leftMs - b.leftMs)
  if (steps.length > 0 || !first) return { ...plan, steps }
  return waitFor(first.leftMs, waitingFor(first), now)
}
