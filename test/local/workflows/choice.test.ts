import fc from 'fast-check'
import { holds, parseRule, type Reader } from '../../../local/workflows/choice.ts'
import { find } from '../../../local/workflows/paths.ts'

const over = (input: unknown): Reader => ({
  has: (path) => find(path, input, {}) !== undefined,
  read: (path) => {
    const found = find(path, input, {})
    if (!found) throw new Error(`nothing at ${path.text}`)
    return found.value
  },
})
const check = (rule: unknown, input: unknown) => holds(parseRule(rule), over(input))

describe('a comparison', () => {
  it.each([
    [{ Variable: '$.a', StringEquals: 'x' }, { a: 'x' }, true],
    [{ Variable: '$.a', StringEquals: 'x' }, { a: 'y' }, false],
    [{ Variable: '$.a', StringEquals: '1' }, { a: 1 }, false],
    [{ Variable: '$.a', NumericEquals: 1 }, { a: 1 }, true],
    [{ Variable: '$.a', NumericLessThan: 1 }, { a: 1 }, false],
    [{ Variable: '$.a', NumericLessThanEquals: 1 }, { a: 1 }, true],
    [{ Variable: '$.a', NumericGreaterThan: 1 }, { a: '2' }, false],
    [{ Variable: '$.a', NumericGreaterThanEquals: 1 }, { a: 1 }, true],
    [{ Variable: '$.a', BooleanEquals: false }, { a: false }, true],
    [{ Variable: '$.a', IsNull: true }, { a: null }, true],
    [{ Variable: '$.a', IsString: false }, { a: 1 }, true],
    [{ Variable: '$.a', IsNumeric: true }, { a: 1 }, true],
    [{ Variable: '$.a', IsBoolean: true }, { a: 1 }, false],
    [{ Variable: '$.a', IsPresent: true }, { a: null }, true],
    [{ Variable: '$.a', IsPresent: false }, {}, true],
  ])('%j of %j is %s', (rule, input, expected) => {
    expect(check(rule, input)).toBe(expected)
  })

  it('of a variable that is not there is an error', () => {
    expect(() => check({ Variable: '$.b', StringEquals: 'x' }, { a: 'x' })).toThrow('nothing at $.b')
  })

  it.each([
    [{ Variable: '$.a', StringMatches: 'x*' }, 'StringMatches'],
    [{ Variable: '$.a', TimestampEquals: '2026-01-01T00:00:00Z' }, 'TimestampEquals'],
    [{ Variable: '$.a', StringEqualsPath: '$.b' }, 'StringEqualsPath'],
    [{ Variable: '$.a', StringEquals: 1 }, 'StringEquals compares with a string'],
    [{ Variable: '$.a', StringEquals: 'x', NumericEquals: 1 }, 'one comparison'],
    [{ Variable: '$.a' }, 'one comparison, not none'],
    [{ And: [] }, 'And needs a list'],
    [{ Condition: '{% true %}' }, 'Condition needs a Variable'],
  ])('%j is refused', (rule, message) => {
    expect(() => parseRule(rule)).toThrow(message)
  })
})

type Tree = { bit: number } | { and: Tree[] } | { or: Tree[] } | { not: Tree }
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.record({ bit: fc.nat(3) }),
    fc.record({ and: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
  ),
}))

function toRule(node: Tree): object {
  if ('bit' in node) return { Variable: `$.bits[${node.bit}]`, BooleanEquals: true }
  if ('and' in node) return { And: node.and.map(toRule) }
  if ('or' in node) return { Or: node.or.map(toRule) }
  return { Not: toRule(node.not) }
}
function truth(node: Tree, bits: boolean[]): boolean {
  if ('bit' in node) return bits[node.bit] === true
  if ('and' in node) return node.and.every((inner) => truth(inner, bits))
  if ('or' in node) return node.or.some((inner) => truth(inner, bits))
  return !truth(node.not, bits)
}

it('And, Or and Not are those of logic', () => {
  fc.assert(
    fc.property(tree, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), (node, bits) => {
      expect(check(toRule(node), { bits })).toBe(truth(node, bits))
    }),
  )
})
