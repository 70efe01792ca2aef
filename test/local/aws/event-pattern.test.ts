import fc from 'fast-check'
import { eventPattern } from '../../../local/aws/event-pattern.ts'

const image = (attributes: Record<string, string>) => ({
  eventName: 'MODIFY',
  dynamodb: { NewImage: Object.fromEntries(Object.entries(attributes).map(([name, S]) => [name, { S }])) },
})

describe('an event pattern', () => {
  it.each([
    ['one of the values', { eventName: ['INSERT', 'MODIFY'] }, true],
    ['none of the values', { eventName: ['REMOVE'] }, false],
    ['a field that is not there', { other: ['MODIFY'] }, false],
    ['a prefix', { dynamodb: { NewImage: { sk: { S: [{ prefix: 'CLUSTER#' }] } } } }, true],
    ['another prefix', { dynamodb: { NewImage: { sk: { S: [{ prefix: 'NODE#' }] } } } }, false],
    ['a field that should not exist and does not', { dynamodb: { NewImage: { lease_holder: { S: [{ exists: false }] } } } }, true],
    ['a field that should not exist and does', { dynamodb: { NewImage: { sk: { S: [{ exists: false }] } } } }, false],
    ['a field under a part that is missing', { dynamodb: { OldImage: { sk: { S: [{ exists: false }] } } } }, true],
    ['a field that should exist and is no leaf', { dynamodb: { NewImage: [{ exists: true }] } }, false],
    ['anything but the value', { eventName: [{ 'anything-but': 'MODIFY' }] }, false],
    ['anything but others', { eventName: [{ 'anything-but': ['INSERT', 'REMOVE'] }] }, true],
    ['anything but a prefix', { eventName: [{ 'anything-but': { prefix: 'MOD' } }] }, false],
    ['anything but, of a field that is not there', { other: [{ 'anything-but': 'x' }] }, false],
    ['all fields at once', { eventName: ['MODIFY'], dynamodb: { NewImage: { sk: { S: ['x'] } } } }, false],
  ])('knows %s', (_, pattern, expected) => {
    expect(eventPattern(pattern)(image({ sk: 'CLUSTER#1' }))).toBe(expected)
  })

  it('matches a list when one element does', () => {
    expect(eventPattern({ detail: { tags: ['b'] } })({ detail: { tags: ['a', 'b'] } })).toBe(true)
    expect(eventPattern({ detail: { tags: ['c'] } })({ detail: { tags: ['a', 'b'] } })).toBe(false)
  })

  it.each([
    [{ n: [{ numeric: ['>', 1] }] }, /numeric/],
    [{ $or: [{ a: ['b'] }] }, /\$or/],
    [{ a: 'text' }, /a has to be a list/],
    [{ a: [{ prefix: 'x', exists: true }] }, /no operator/],
    [{ a: [{ prefix: 1 }] }, /prefix cannot take 1/],
  ])('refuses %j by name when it is read', (pattern, message) => {
    expect(() => eventPattern(pattern)).toThrow(message)
  })

  it('matches exactly the value it lists', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
    fc.assert(fc.property(leaf, leaf, (a, b) => expect(eventPattern({ f: [a] })({ f: b })).toBe(a === b)))
  })
})
