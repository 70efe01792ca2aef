import fc from 'fast-check'
import { find } from '../../../local/workflows/paths.ts'
import { fill, parseTemplate } from '../../../local/workflows/payload.ts'

const filled = (raw: unknown, input: unknown) => fill(parseTemplate(raw), (path) => find(path, input, {})?.value)

describe('a payload template', () => {
  it('takes values from paths at every depth, also in lists', () => {
    const raw = { fixed: 1, 'a.$': '$.x', deep: { list: [{ 'b.$': '$.y[1]' }, '$.x'] } }
    expect(filled(raw, { x: 'X', y: [0, null] })).toEqual({ fixed: 1, a: 'X', deep: { list: [{ b: null }, '$.x'] } })
  })

  it('without paths is what it says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        fc.pre(!JSON.stringify(raw).includes('.$'))
        expect(JSON.stringify(filled(raw, {}))).toBe(JSON.stringify(raw))
      }),
    )
  })

  it('is refused where a path is none, calls a function, or names a field twice', () => {
    expect(() => parseTemplate({ 'a.$': 1 })).toThrow('a.$ must be a path')
    expect(() => parseTemplate({ 'a.$': 'States.UUID()' })).toThrow('intrinsic function States.UUID()')
    expect(() => parseTemplate({ a: 1, 'a.$': '$.a' })).toThrow('field a is given twice')
  })
})
