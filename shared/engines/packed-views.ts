import * as z from 'zod'
import { NodeView } from './engine.ts'

const [Unreachable, Reachable] = NodeView.options

/**
 * Views as functions/ring answers them: what nodes say of a member is written once, however many say it, and each view
 * names it by its place. Said in full, the views of 240 nodes are 10 MB, and Lambda answers 6.
 */
const PackedViews = z.object({
  members: Reachable.shape.members,
  views: z.array(z.discriminatedUnion('reachable', [Unreachable, Reachable.extend({ members: z.array(z.int()) })])),
})
export type PackedViews = z.infer<typeof PackedViews>

export function packViews(views: NodeView[]): PackedViews {
  const places = new Map<string, number>()
  const members: PackedViews['members'] = []
  const placeOf = (member: PackedViews['members'][number]): number => {
    const text = JSON.stringify(member)
    const place = places.get(text) ?? members.push(member) - 1
    places.set(text, place)
    return place
  }
  return { views: views.map((view) => (view.reachable ? { ...view, members: view.members.map(placeOf) } : view)), members }
}

/** The reverse, as a schema: members that several nodes see alike are one object. */
export const UnpackedViews = PackedViews.transform(({ members, views }, ctx): NodeView[] => {
  const memberAt = (place: number): PackedViews['members'] => {
    const member = members[place]
    if (!member) ctx.addIssue({ code: 'custom', message: `no member at ${place}` })
    return member ? [member] : []
  }
  return views.map((view) => (view.reachable ? { ...view, members: view.members.flatMap(memberAt) } : view))
})
