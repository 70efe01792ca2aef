import { codingFor } from '../../../functions/edge/coding.ts'
import { codedTag, isMatched, isUnchanged } from '../../../functions/edge/etags.ts'

describe('the coding of an answer', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['gzip, deflate, br', 'gzip'],
    ['deflate, gzip', 'gzip'],
    ['gzip;q=0.5, deflate;q=0.8', 'deflate'],
    ['gzip; q=0.5 , deflate; q=0.5', 'gzip'],
    ['gzip;q=0', undefined],
    ['gzip;q=0.000, deflate', 'deflate'],
    ['gzip;q=0.001', 'gzip'],
    ['*', 'gzip'],
    ['*;q=0', undefined],
    ['gzip;q=0, *', 'deflate'],
    ['*;q=0, deflate;q=0.1', 'deflate'],
    ['br, zstd', undefined],
    ['identity', undefined],
    ['identity, gzip;q=0.5', undefined],
    ['identity;q=0.5, gzip', 'gzip'],
    ['identity;q=0.5, gzip;q=0.5', 'gzip'],
    // Nothing that is acceptable: it is sent as it is.
    ['identity;q=0', undefined],
    ['identity;q=0, *;q=0', undefined],
    ['identity;q=0, gzip', 'gzip'],
    // What is not of the form says nothing.
    ['gzip;q=2', undefined],
    ['gzip;q=-1', undefined],
    ['gzip;q=0.1234', undefined],
    ['gzip;q', undefined],
    ['gzip;level=9', undefined],
    [',,;q=1,gzip,', 'gzip'],
    ['gzip gzip', undefined],
  ])('for Accept-Encoding %j is %s', (header, coding) => expect(codingFor(header)).toBe(coding))
})

describe('an ETag', () => {
  it('is another in another coding', () => {
    expect(codedTag('"abc"', 'gzip')).toBe('"abc-gzip"')
    expect(codedTag('"abc"', 'deflate')).toBe('"abc-deflate"')
  })

  it.each<[string | undefined, boolean]>([
    ['"abc"', true],
    ['W/"abc"', true],
    ['"abc-gzip"', true],
    ['W/"abc-deflate"', true],
    ['"x", "abc"', true],
    ['"x","abc-gzip" , "y"', true],
    ['*', true],
    [' * ', true],
    ['"ab"', false],
    ['"abc-br"', false],
    ['abc', false],
    ['W/"', false],
    ['', false],
    [undefined, false],
  ])('in If-None-Match: %s', (header, same) => expect(isUnchanged(header, '"abc"')).toBe(same))

  it.each<[string | undefined, boolean]>([
    [undefined, true],
    ['*', true],
    ['"abc"', true],
    ['"abc-gzip"', true],
    ['"x", "abc"', true],
    ['W/"abc"', false],
    ['W/"abc-gzip"', false],
    ['"x"', false],
    ['', false],
  ])('in If-Match: %s', (header, same) => expect(isMatched(header, '"abc"')).toBe(same))
})
