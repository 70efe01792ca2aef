import fc from 'fast-check'
import { recentlyUsed } from '../../../shared/platform/recent.ts'

describe('what was recently used', () => {
  it('is made once; the one not used for longest is forgotten', () => {
    const made: string[] = []
    const of = recentlyUsed(2, (key: string) => made.push(key))
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) of(key)
    expect(made).toEqual(['a', 'b', 'c', 'b'])
  })

  it('is the same as remembering the last few different keys', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.constantFrom(...'abcdefg'), { maxLength: 60 }), (most, keys) => {
        let made = 0
        const of = recentlyUsed(most, () => {
          made += 1
          return made
        })
        let expected = 0
        for (const [index, key] of keys.entries()) {
          const before = keys.slice(0, index)
          const last = before.lastIndexOf(key)
          if (last === -1 || new Set(before.slice(last)).size > most) expected += 1
          of(key)
        }
        expect(made).toBe(expected)
      }),
    )
  })
})
