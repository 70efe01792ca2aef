import { describe, expect, it } from '@jest/globals'
import { waitOf } from '../../../functions/edge/prefer.ts'

describe('Prefer: wait', () => {
  it.each([
    ['wait=5', 5],
    ['Wait = 5', 5],
    ['wait="5"', 5],
    ['respond-async, wait=10', 10],
    ['respond-async,wait=10;foo=bar, return=minimal', 10],
    ['wait=10, wait=3', 10],
    ['handling=lenient ; wait=3, wait=4', 4],
  ])('%s: %s seconds', (header, seconds) => expect(waitOf(header)).toBe(seconds))

  it('is held for no more than 20 seconds', () => {
    expect(waitOf('wait=21')).toBe(20)
    expect(waitOf('wait=999999999')).toBe(20)
  })

  it.each([
    undefined,
    '',
    'respond-async',
    'wait',
    'wait=0',
    'wait=-1',
    'wait=1.5',
    'wait=abc',
    'wait=9999999999',
    'waiting=5',
    '"wait=5"',
    'return="x, y"',
  ])('%s asks for no wait', (header) => expect(waitOf(header)).toBeUndefined())
})
