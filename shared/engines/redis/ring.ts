import type { Member, NodeView, RingPlan, RingStepName } from '../engine.ts'
import type { RingSpec } from './spec.ts'

export const SLOTS = 16_384

export type ReachableView = Extract<NodeView, { reachable: true }>
type Range = [number, number]

/** Primaries first, ordinal = shard; then the first replica of every shard, then the second: growing one never renumbers another. */
export function members(spec: Pick<RingSpec, 'shards' | 'replicas'>): Member[] {
  return Array.from({ length: spec.shards * (1 + spec.replicas) }, (_, ordinal) => ({
    ordinal,
    shard: ordinal % spec.shards,
    role: ordinal < spec.shards ? 'primary' : 'replica',
  }))
}

/** The slots a shard is born with, both ends included. */
export const slotsOf = (shard: number, shards: number): Range => [
  Math.round((shard * SLOTS) / shards),
  Math.round(((shard + 1) * SLOTS) / shards) - 1,
]

const byStart = (ranges: Range[]): Range[] => ranges.toSorted(([a], [b]) => a - b)
const size = (ranges: Range[]): number => ranges.reduce((sum, [low, high]) => sum + high - low + 1, 0)
const contiguous = (ranges: Range[]): boolean => ranges.every(([low], i) => low === (i === 0 ? 0 : (ranges[i - 1]?.[1] ?? SLOTS) + 1))

/** Knows nobody and owns nothing: it can join a ring, or begin one, and nothing is lost by it. */
export const isBlank = (view: Pick<ReachableView, 'engine_node_id' | 'members'>): boolean =>
  view.members.every((m) => m.engine_node_id === view.engine_node_id && size(m.ranges) === 0)

type MemberView = ReachableView['members'][number]
const ASPECTS: Record<string, (m: MemberView) => string> = {
  address: (m) => m.place,
  role: (m) => `${m.role} ${m.primary_id ?? ''}`,
  slots: (m) => byStart(m.ranges).join(),
  health: (m) => String(m.healthy),
}

/** The first thing that two views of the same members say differently. */
function difference(one: ReachableView, other: ReachableView): string | undefined {
  const seen = new Map(other.members.map((m) => [m.engine_node_id, m]))
  for (const mine of one.members) {
    const theirs = seen.get(mine.engine_node_id)
    const aspect = Object.keys(ASPECTS).find((name) => theirs && ASPECTS[name]?.(mine) !== ASPECTS[name]?.(theirs))
    if (aspect) return `nodes ${one.ordinal} and ${other.ordinal} to agree on the ${aspect} of ${mine.place}`
  }
  return undefined
}

const list = (ordinals: number[]): string => (ordinals.length === 1 ? `node ${ordinals[0]}` : `nodes ${ordinals.join(', ')}`)

/** The members of each shard must be one primary with slots and its replicas, whichever was born as which. */
function misplaced(of: Member[], view: ReachableView, idOf: Map<number, string>): string | undefined {
  const seen = new Map(view.members.map((m) => [m.engine_node_id, m]))
  for (const shard of new Set(of.map((member) => member.shard))) {
    const group = of.filter((member) => member.shard === shard).map((member) => seen.get(idOf.get(member.ordinal) ?? ''))
    const primaries = group.filter((m) => m?.role === 'primary' && m.ranges.length > 0)
    const primaryId = primaries[0]?.engine_node_id
    const following = group.filter((m) => m?.role === 'replica' && m.primary_id === primaryId)
    if (primaries.length !== 1 || following.length !== group.length - 1) return `shard ${shard} to have one primary and its replicas`
  }
  return undefined
}

/**
 * What keeps these members from being one serving ring, as a clause that can follow "waiting for"; undefined when nothing does.
 * Every node's own view counts: the first node that says ok is seconds ahead of the last.
 */
export function flawOf(of: Member[], views: NodeView[]): string | undefined {
  const seen = views.filter((view) => view.reachable)
  const silent = of.filter((member) => !seen.some((view) => view.ordinal === member.ordinal))
  if (silent.length > 0) return `${list(silent.map((m) => m.ordinal))} to answer`
  const idOf = new Map(seen.map((view) => [view.ordinal, view.engine_node_id]))
  const ids = new Set(idOf.values())
  const [first] = seen
  if (!first || ids.size !== of.length) return 'every node to have an id of its own'
  const stranger = seen.find((view) => view.members.length !== ids.size || view.members.some((m) => !ids.has(m.engine_node_id)))
  if (stranger) return `node ${stranger.ordinal} to know all members and nobody else`
  const disagreement = seen.map((view) => difference(first, view)).find((clause) => clause !== undefined)
  if (disagreement) return disagreement
  if (first.members.some((m) => !m.healthy)) return 'all links between the nodes to be up'
  const ranges = byStart(first.members.flatMap((m) => m.ranges))
  if (size(ranges) !== SLOTS || !contiguous(ranges)) return 'every slot to have one owner'
  const wrong = misplaced(of, first, idOf)
  if (wrong) return wrong
  const idle = seen.find((view) => !view.serving)
  return idle ? `node ${idle.ordinal} to serve${idle.lacks === undefined ? '' : ` (${idle.lacks})`}` : undefined
}

/** Whether two members that both answer are at odds about each other: an address has changed, or one never met the other. */
function atOdds(views: ReachableView[]): boolean {
  const own = new Map(views.map((view) => [view.engine_node_id, view.members.find((m) => m.engine_node_id === view.engine_node_id)?.place]))
  return views.some((view) => {
    const known = new Map(view.members.map((m) => [m.engine_node_id, m]))
    return [...own].some(([id, place]) => known.get(id)?.place !== place || known.get(id)?.healthy !== true)
  })
}

const plan = (step: RingStepName, of: { ordinal: number }[], lost: number[], waitingFor?: string): RingPlan => ({
  formed: false,
  steps: [{ step, ordinals: of.map((m) => m.ordinal) }],
  lost,
  ...(waitingFor === undefined ? {} : { waitingFor }),
})

/** A ring that has served: blank members are introduced to it, members that lost sight of each other meet again, and nothing is reset. */
function heal(of: Member[], seen: ReachableView[], flaw: string): RingPlan {
  const blank = seen.filter(isBlank)
  const known = seen.filter((view) => !isBlank(view))
  const isGone = (member: Member): boolean => blank.some((view) => view.ordinal === member.ordinal)
  const lost = [...new Set(of.map((m) => m.shard))].filter((shard) => of.filter((m) => m.shard === shard).every(isGone))
  if (blank.length === of.length) return plan('FormRing', of, lost, flaw)
  if (blank.length > 0 && known.length > 0) return plan('ReplaceNode', blank, lost, flaw)
  if (seen.length === of.length || atOdds(known)) return plan('FormRing', known, lost, flaw)
  return { formed: false, steps: [], lost, waitingFor: flaw }
}

/** See {@link Engine.next}. */
export function next(of: Member[], views: NodeView[], everReady: boolean): RingPlan {
  const flaw = flawOf(of, views)
  const seen = views.filter((view) => view.reachable)
  if (flaw === undefined && seen.every((view) => view.settled)) return { formed: true, steps: [], lost: [] }
  const waitingFor = flaw ?? 'settings that hold while a ring is formed to be taken back'
  if (everReady) return heal(of, seen, waitingFor)
  const absent = of.filter((member) => !views.some((view) => view.ordinal === member.ordinal))
  // Nodes that run but do not answer yet are awaited by the step itself, which is at hand when they do.
  if (absent.length > 0) return { formed: false, steps: [], lost: [], waitingFor: `${list(absent.map((m) => m.ordinal))} to run` }
  return plan('FormRing', of, [], waitingFor)
}
