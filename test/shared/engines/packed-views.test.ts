import { packViews, UnpackedViews } from '../../../shared/engines/packed-views.ts'
import { ProbeAnswer } from '../../../shared/engines/ring-request.ts'
import { goodViews } from './views.ts'

const LAMBDA_ANSWERS_BYTES = 6 * 1024 * 1024

/** Ids and addresses as long as they really are. */
function largestRing() {
  const { views } = goodViews(60, 3)
  const long = (id: string): string => id.padEnd(40, '0')
  return views.map((view) => ({
    ...view,
    engine_node_id: long(view.engine_node_id),
    members: view.members.map((m) => ({
      ...m,
      engine_node_id: long(m.engine_node_id),
      place: m.place.padEnd(26, '1'),
      ...(m.primary_id ? { primary_id: long(m.primary_id) } : {}),
    })),
  }))
}

test('views are the same after the way', () => {
  const { views } = goodViews(3, 1)
  const odd = views.map((view, i) => (i === 2 ? { ...view, members: view.members.map((m) => ({ ...m, healthy: false })) } : view))
  const all = [...odd, { ordinal: 6, reachable: false as const, reason: 'ECONNREFUSED' }]
  expect(UnpackedViews.parse(JSON.parse(JSON.stringify(packViews(all))))).toEqual(all)
})

test('the views of the largest ring fit into what Lambda answers, also while no two nodes agree', () => {
  const views = largestRing()
  expect(Buffer.byteLength(JSON.stringify({ views }))).toBeGreaterThan(LAMBDA_ANSWERS_BYTES)
  expect(Buffer.byteLength(JSON.stringify({ views: packViews(views) }))).toBeLessThan(LAMBDA_ANSWERS_BYTES / 5)
  const quarrel = views.map((view, i) => ({
    ...view,
    members: view.members.map((m, j) => ({ ...m, healthy: (i + j) % 3 > 0, role: 'primary' as const })),
  }))
  expect(Buffer.byteLength(JSON.stringify({ views: packViews(quarrel) }))).toBeLessThan(LAMBDA_ANSWERS_BYTES / 5)
})

test('an answer that names a member it does not have is none', () => {
  const packed = packViews(goodViews(3, 0).views)
  expect(ProbeAnswer.safeParse({ views: { ...packed, members: [] } }).success).toBe(false)
})
