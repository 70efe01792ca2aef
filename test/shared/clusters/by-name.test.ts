import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { pageByName } from '../../../shared/clusters/by-name.ts'
import { newCluster } from '../../support/cluster.ts'

const named = (names: string[]) => names.map((name, i) => ({ ...newCluster(`clu_${String(i).padStart(26, '0')}`), name }))
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 120 })

describe('clusters by name', () => {
  it('come each once, whatever they are called and however the pages are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(text, fc.constantFrom('a', 'A', 'b')), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (names, limit, down) => {
          const clusters = named(names)
          const found: string[] = []
          let after: string | undefined
          do {
            const page = pageByName(clusters, { limit, ...(after === undefined ? {} : { after }) }, down)
            found.push(...page.items.map(({ id }) => id))
            after = page.next
            // A cursor holds 512 characters of base64.
            expect(Buffer.byteLength(after ?? '')).toBeLessThanOrEqual(370)
          } while (after !== undefined)
          expect(found.toSorted()).toEqual(clusters.map(({ id }) => id))
        },
      ),
    )
  })

  it('stand in the same order whatever is renamed or gone between two pages', () => {
    const first = pageByName(named(['a', 'b', 'c', 'd']), { limit: 2 }, false)
    const later = named(['a', 'renamed', 'c', 'd']).filter(({ name }) => name !== 'a')
    expect(pageByName(later, { limit: 9, ...(first.next ? { after: first.next } : {}) }, false).items.map(({ name }) => name)).toEqual([
      'c',
      'd',
      'renamed',
    ])
  })
})
