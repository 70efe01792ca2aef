import fc from 'fast-check'
import { httpDate } from '../../../shared/webhooks/http-date.ts'

const NOW = Date.parse('2030-01-01T00:00:00Z')

describe('a date of HTTP', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
    ['Friday, 01-Feb-30 00:00:00 GMT', '2030-02-01T00:00:00.000Z'],
    ['Thursday, 01-Jan-81 00:00:00 GMT', '1981-01-01T00:00:00.000Z'],
    ['Thu, 29 Feb 2032 12:00:00 GMT', '2032-02-29T12:00:00.000Z'],
    ['Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, utc) => expect(new Date(httpDate(text, NOW) ?? 0).toISOString()).toBe(utc))

  it.each([
    ...[
      '',
      'soon',
      '120',
      '2030-01-01T00:00:00Z',
      '2030-01-01',
      'Jan 1 2030',
      'Sun, 06 Nov 1994 08:49:37',
      'Sun, 06 Nov 1994 08:49:37 EST',
    ],
    ...[
      'Sun, 06 Nov 1994 08:49:37 +0200',
      'Sun, 06 Foo 1994 08:49:37 GMT',
      'Sun, 00 Nov 1994 08:49:37 GMT',
      'Sun, 32 Nov 1994 08:49:37 GMT',
    ],
    ...['Sun, 06 Nov 1994 24:00:00 GMT', 'Sun, 06 Nov 1994 08:60:00 GMT', 'Sun, 06 Nov 1994 08:49:61 GMT'],
  ])('is not %j', (text) => expect(httpDate(text, NOW)).toBeUndefined())

  it('is read as it is written', () => {
    const date = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(date, (when) => {
        expect(httpDate(when.toUTCString(), NOW)).toBe(Math.floor(when.getTime() / 1000) * 1000)
      }),
    )
  })
})
