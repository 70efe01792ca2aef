import { expect, it } from '@jest/globals'
import { movableTimers } from '../../../local/faults/movable-timers.ts'
import { handTurnedTimers } from '../fixtures/hand-turned-timers.ts'

it('runs at once, in its order, what would have become due meanwhile; the rest comes earlier by as much', async () => {
  const base = handTurnedTimers(1000)
  const timers = movableTimers(base)
  const ran: string[] = []
  timers.after(300, () => ran.push(`second at ${timers.now()}`))
  timers.after(100, () => ran.push('first'))
  timers.after(500, () => ran.push('third'))
  const cancel = timers.after(200, () => ran.push('canceled'))
  cancel()
  timers.forward(400)
  await base.advance(0)
  expect(ran).toEqual(['first', 'second at 1400'])
  await base.advance(99)
  expect(ran).toHaveLength(2)
  await base.advance(1)
  expect([ran[2], timers.now(), base.pending()]).toEqual(['third', 1500, 0])
})

it('tells workers how far it is ahead', () => {
  const timers = movableTimers(handTurnedTimers())
  const seen = new Float64Array(timers.ahead)
  timers.forward(250)
  timers.forward(50)
  expect(seen[0]).toBe(300)
})
