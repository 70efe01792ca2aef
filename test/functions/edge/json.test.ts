import { describe, expect, it } from '@jest/globals'
import { jsonErrors } from '../../../functions/edge/json.ts'

/** Of all that an answer would hold of it. */
const sizeOf = (body: unknown): number => JSON.stringify(jsonErrors(body)).length

describe('what JSON can say and the table cannot keep', () => {
  it('is pointed at', () => {
    expect(jsonErrors({ a: { b: ['fine', 'half \ud800'] }, 'c/d\udc00': 1 })).toEqual([
      expect.objectContaining({ pointer: '/c~1d\udc00', code: 'unknown_field' }),
      expect.objectContaining({ pointer: '/a/b/1', code: 'invalid_value' }),
    ])
    expect(jsonErrors(JSON.parse('{"__proto__": 1}'))).toEqual([expect.objectContaining({ pointer: '/__proto__', code: 'unknown_field' })])
  })

  it('is told of no more than an answer can hold, however deep it is nested', () => {
    const deep: unknown = JSON.parse(`${'["\\ud800",'.repeat(20_000)}1${']'.repeat(20_000)}`)
    expect(jsonErrors(deep).length).toBeLessThanOrEqual(20)
    expect(sizeOf(deep)).toBeLessThan(1_000_000)
  })

  it('is told of no more than an answer can hold, however long its names are', () => {
    const long = { ['x'.repeat(150_000)]: Array.from({ length: 10_000 }, () => '\ud800') }
    expect(sizeOf(long)).toBeLessThan(1_000_000)
  })
})
