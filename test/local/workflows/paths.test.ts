import fc from 'fast-check'
import { find, parsePath, parsePlace, place } from '../../../local/workflows/paths.ts'

const names = fc.array(fc.oneof(fc.stringMatching(/^[A-Za-z_]\w{0,5}$/), fc.constantFrom('__proto__', 'constructor', 'toString')), {
  minLength: 1,
  maxLength: 4,
})

describe('a path', () => {
  it.each([
    ['$', []],
    ['$.a.b', ['a', 'b']],
    ["$['a b'].c", ['a b', 'c']],
    ['$.list[0].x', ['list', 0, 'x']],
    ['$.größe', ['größe']],
  ])('%s is read as its steps', (text, steps) => {
    expect(parsePath(text)).toEqual({ text, of: 'input', steps })
  })

  it.each([
    '$..a',
    '$.*',
    '$.list[*]',
    '$.list[0:2]',
    '$.list[-1]',
    '$.list[?(@.x>1)]',
    '$["a"]',
    "States.Format('{}', $.a)",
    'a.b',
    '$$.Task.Token',
    '$$',
    '$$.Execution.RoleArn',
  ])('%s is refused by name', (text) => {
    expect(() => parsePath(text)).toThrow(text)
  })

  it('may go into the execution’s input and the iteration’s value', () => {
    expect(parsePath('$$.Execution.Input.a').of).toBe('context')
    expect(parsePath('$$.Map.Item.Value[0].b').steps).toEqual(['Map', 'Item', 'Value', 0, 'b'])
  })

  it('is no place to write to when it goes into a list or the context', () => {
    expect(() => parsePlace('$.list[0]')).toThrow('$.list[0]')
    expect(() => parsePlace('$$.Execution.Input')).toThrow('$$.Execution.Input')
  })
})

describe('find', () => {
  it('tells null from nothing', () => {
    expect(find(parsePath('$.a'), { a: null }, {})).toEqual({ value: null })
    expect(find(parsePath('$.b'), { a: null }, {})).toBeUndefined()
    expect(find(parsePath('$.a[1]'), { a: [1] }, {})).toBeUndefined()
  })

  it('does not see what JSON did not hold', () => {
    expect(find(parsePath('$.constructor'), {}, {})).toBeUndefined()
    expect(find(parsePath('$.a.length'), { a: 'text' }, {})).toBeUndefined()
  })
})

describe('place', () => {
  it('gives back what was placed, and leaves the rest and the original as they were', () => {
    fc.assert(
      fc.property(names, fc.dictionary(fc.stringMatching(/^z\w{0,3}$/), fc.jsonValue()), fc.jsonValue(), (steps, into, value) => {
        const path = parsePlace(`$.${steps.join('.')}`)
        fc.pre(!Object.hasOwn(into, steps[0] ?? ''))
        const before = JSON.stringify(into)
        const placed = place(path, into, value)
        expect(find(path, placed, {})).toEqual({ value })
        for (const name of Object.keys(into)) {
          expect(find(parsePath(`$.${name}`), placed, {})).toEqual({ value: into[name] })
        }
        expect(JSON.stringify(into)).toBe(before)
      }),
    )
  })

  it('fails where something that is no object is in the way', () => {
    expect(place(parsePlace('$.a.b'), { a: 'text' }, 1)).toBeUndefined()
    expect(place(parsePlace('$.a'), [1], 1)).toBeUndefined()
  })
})
