import type { Connection } from '../../shared/contract/cluster.ts'
import { nodesOf, type Slots, slotsOf } from '../ring-slots.ts'

const SLOTS = 16_384
const ANSWER_MS = 1500

/** The same for all who see the same ring, in whatever order they tell it. */
function canonical(slots: Slots): string {
  const ranges = slots.map(([from, to, primary, ...replicas]) => [from, to, primary?.[2], ...replicas.map((node) => node[2]).sort()])
  return JSON.stringify(ranges.sort((a, b) => Number(a[0]) - Number(b[0])))
}

const covered = (slots: Slots): number => slots.reduce((sum, [from, to]) => sum + to - from + 1, 0)

export interface Agreement {
  /** Nodes that answer. */
  answering: number
  /** All answer, all tell the same ring, and it has every slot and every node. */
  agreed: boolean
}

/** Asks every node for its own view of the ring. */
export async function agreement(endpoints: Connection['endpoints'], connection: Connection): Promise<Agreement> {
  const { username, password } = connection
  const asked = await Promise.all(endpoints.map(({ host, port }) => slotsOf({ host, port, username, password, withinMs: ANSWER_MS })))
  const views = asked.filter((view) => view !== undefined)
  const whole = views.every((view) => covered(view) === SLOTS && nodesOf(view).size === endpoints.length)
  const agreed = views.length === endpoints.length && whole && new Set(views.map(canonical)).size === 1
  return { answering: views.length, agreed }
}
