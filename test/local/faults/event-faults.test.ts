import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { EcsEvent } from '../../../local/ecs/events.ts'
import { EventFault, type EventFaults, eventFaults } from '../../../local/faults/event-faults.ts'
import { type Registry, registry } from '../../../local/faults/registry.ts'
import { type HandTurnedTimers, handTurnedTimers } from '../fixtures/hand-turned-timers.ts'

let timers: HandTurnedTimers
let active: Registry
let faults: EventFaults
let come: string[]
beforeEach(() => {
  timers = handTurnedTimers()
  active = registry(timers.now)
  faults = eventFaults(active, timers)
  come = []
})
afterEach(() => expect(timers.pending()).toBe(0))

const event = (id: string): EcsEvent => ({
  ...{ version: '0', id, source: 'aws.ecs', account: '1', time: '', region: 'r', resources: [], detail: { lastStatus: 'RUNNING' } },
  'detail-type': id.startsWith('host') ? 'ECS Container Instance State Change' : 'ECS Task State Change',
})
const add = (fault: object): string => faults.add(EventFault.parse(fault)).id
const send = (...ids: string[]): void => {
  for (const id of ids) faults.pass(event(id), (passed) => come.push(passed.id))
}

describe('events of ECS', () => {
  it('come as they are while nothing is disturbed', () => {
    send('a', 'b')
    expect(come).toEqual(['a', 'b'])
  })

  it('that are dropped do not come; others do, which the pattern does not match', () => {
    add({ action: 'drop', pattern: { 'detail-type': ['ECS Task State Change'] } })
    send('a', 'host', 'b')
    expect(come).toEqual(['host'])
  })

  it('are hit each so-manieth, so many times, or by a share that the seed draws', () => {
    const id = add({ action: 'drop', every: 2, times: 2 })
    send('a', 'b', 'c', 'd', 'e', 'f')
    expect([come.join(''), active.list()[0]?.hits]).toEqual(['acef', 2])
    void active.remove(id)
    const ids = Array.from({ length: 200 }, (_, i) => String(i))
    const drawn = (seed: number): string => {
      come = []
      const fault = add({ action: 'drop', share: 0.3, seed })
      send(...ids)
      void active.remove(fault)
      return come.join()
    }
    expect(drawn(7)).toBe(drawn(7))
    expect(drawn(7)).not.toBe(drawn(8))
    expect(come.length).toBeGreaterThan(110)
    expect(come.length).toBeLessThan(170)
  })

  it('come twice and more', () => {
    add({ action: 'duplicate', copies: 2 })
    send('a')
    expect(come).toEqual(['a', 'a', 'a'])
  })

  it('come late, and at once when the fault is taken away', async () => {
    const id = add({ action: 'delay', delay_ms: 500 })
    send('a')
    await timers.advance(499)
    expect(come).toEqual([])
    await timers.advance(1)
    send('b')
    await active.remove(id)
    expect(come).toEqual(['a', 'b'])
  })

  it('come in another order, all of them, and the last ones too', async () => {
    add({ action: 'reorder', window: 4, seed: 3 })
    send('a', 'b', 'c', 'd', 'e')
    expect([...come].sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(come).not.toEqual(['a', 'b', 'c', 'd'])
    await timers.advance(2000)
    expect(come[4]).toBe('e')
  })

  it('go through all faults, in the order in which they were added', () => {
    add({ action: 'duplicate', copies: 1 })
    add({ action: 'drop', pattern: { id: ['b'] } })
    send('a', 'b')
    expect(come).toEqual(['a', 'a'])
  })
})
