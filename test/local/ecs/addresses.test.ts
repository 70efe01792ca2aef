import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as z from 'zod'
import { addressAt, BLOCK_SIZE } from '../../../local/ecs/address-block.ts'
import { addressPool } from '../../../local/ecs/addresses.ts'
import { durableMap } from '../../../local/store/durable-map.ts'

function pool(more: Partial<Parameters<typeof addressPool>[0]> = {}) {
  const network = durableMap(undefined, z.int())
  return addressPool({ block: 3, network, held: () => new Set(), isFree: async () => true, ...more })
}

describe('addresses', () => {
  it('go round: none comes back before all others were given', async () => {
    const { next } = pool()
    const all: string[] = []
    for (let n = 0; n < BLOCK_SIZE - 5; n += 1) all.push(await next([]))
    expect(new Set(all).size).toBe(all.length)
    expect(await next([])).toBe(all[0])
  })

  it('go on after a restart where they were', async () => {
    const network = durableMap(undefined, z.int())
    const before = await pool({ network }).next([])
    expect(await pool({ network }).next([])).not.toBe(before)
  })

  it('are given to one task each, also when many ask at once', async () => {
    const { next } = pool({ isFree: () => new Promise((resolve) => setImmediate(() => resolve(true))) })
    const given = await Promise.all(Array.from({ length: 20 }, () => next([1])))
    expect(new Set(given).size).toBe(20)
  })

  it('pass over what is held or listened on', async () => {
    const held = new Set([addressAt(3, 4)])
    const { next } = pool({ held: () => held, isFree: async (address) => address !== addressAt(3, 5) })
    expect(await next([1])).toBe(addressAt(3, 6))
  })

  it('run out with a word, where the port is taken everywhere', async () => {
    await expect(pool({ isFree: async () => false }).next([6379])).rejects.toThrow(/6379.*127\.64\.192\.0/)
  })

  it('are all of 127.64.0.0/10', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(BLOCK_SIZE - 1), (block, offset) => {
        const [a, b = 0] = addressAt(block, offset).split('.').map(Number)
        return a === 127 && b >= 64 && b < 128
      }),
    )
  })
})
