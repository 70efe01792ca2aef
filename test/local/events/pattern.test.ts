import { describe, expect, it } from '@jest/globals'
import { eventMatcher } from '../../../local/events/pattern.ts'

const event = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  detail: { lastStatus: 'RUNNING', group: 'family:cell-1', attempt: 2, tags: ['a', 'b'], stopped: null, overrides: { cpu: '1' } },
}
const matches = (pattern: Record<string, unknown>): boolean => eventMatcher(pattern, 'the pattern')(event)

describe('an event pattern', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['an exact value', { source: ['aws.ecs'] }, true],
    ['one of several values', { detail: { lastStatus: ['STOPPED', 'RUNNING'] } }, true],
    ['no other value', { detail: { lastStatus: ['STOPPED'] } }, false],
    ['all fields that it names', { source: ['aws.ecs'], detail: { lastStatus: ['STOPPED'] } }, false],
    ['numbers as numbers', { detail: { attempt: [2] } }, true],
    ['numbers not as text', { detail: { attempt: ['2'] } }, false],
    ['null', { detail: { stopped: [null] } }, true],
    ['an element of a list', { detail: { tags: ['b'] } }, true],
    ['a prefix', { detail: { group: [{ prefix: 'family:' }] } }, true],
    ['no other prefix', { detail: { group: [{ prefix: 'service:' }] } }, false],
    ['a prefix or a value', { detail: { lastStatus: [{ prefix: 'STOP' }, 'RUNNING'] } }, true],
    ['what exists', { detail: { lastStatus: [{ exists: true }] } }, true],
    ['what does not exist', { detail: { reason: [{ exists: false }] } }, true],
    ['what does not exist under something that does not', { context: { reason: [{ exists: false }] } }, true],
    ['not what does not exist', { detail: { reason: [{ exists: true }] } }, false],
    ['leaves alone as existing', { detail: { overrides: [{ exists: false }] } }, true],
    ['every event, when it is empty', {}, true],
  ])('matches %s', (_what, pattern, expected) => {
    expect(matches(pattern)).toBe(expected)
  })

  it.each([
    [{ detail: { attempt: [{ numeric: ['>', 1] }] } }, 'the pattern.detail.attempt uses the operator numeric'],
    [{ detail: { group: [{ 'anything-but': ['x'] }] } }, 'the pattern.detail.group uses the operator anything-but'],
    [{ $or: [{ source: ['a'] }] }, 'the pattern.$or uses the operator $or'],
    [{ source: 'aws.ecs' }, 'the pattern.source should be a list of alternatives'],
    [{ source: [{ prefix: { 'equals-ignore-case': 'x' } }] }, 'the pattern.source: prefix takes text'],
  ])('refuses %j by name', (pattern, message) => {
    expect(() => matches(pattern)).toThrow(message)
  })
})
