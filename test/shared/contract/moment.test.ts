import fc from 'fast-check'
import { Moment } from '../../../shared/contract/moment.ts'

const read = (text: string): string => {
  const { data, error } = Moment.safeParse(text)
  return data ?? error?.issues[0]?.message ?? ''
}
const LIKE = 'is not a moment such as 2030-01-31T12:00:00Z or 2030-01-31T14:00:00+02:00'

describe('a moment', () => {
  it.each([
    ['2030-01-31T12:00:00Z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T14:00:00+02:00', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T01:30:00-10:30', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:00-00:00', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:00.123456789Z', '2030-01-31T12:00:00.123Z'],
    ['2030-01-31T12:00:00.5Z', '2030-01-31T12:00:00.500Z'],
    ['2028-02-29T23:59:59Z', '2028-02-29T23:59:59.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    // An hour that Berlin and New York skip, or have twice, is one hour of UTC.
    ['2030-03-31T02:30:00+01:00', '2030-03-31T01:30:00.000Z'],
    ['2030-11-03T01:30:00-04:00', '2030-11-03T05:30:00.000Z'],
    ['2030-11-03T01:30:00-05:00', '2030-11-03T06:30:00.000Z'],
  ])('%s is %s', (text, utc) => expect(read(text)).toBe(utc))

  it.each([
    ['2016-12-31T23:59:60Z', 'is in a leap second, which our clocks do not count: name the second before or after it'],
    ['2030-02-29T00:00:00Z', 'is not a day and time that there is'],
    ['2100-02-29T00:00:00Z', 'is not a day and time that there is'],
    ['2030-04-31T00:00:00Z', 'is not a day and time that there is'],
    ['2030-13-01T00:00:00Z', 'is not a day and time that there is'],
    ['2030-01-01T24:00:00Z', 'is not a day and time that there is'],
    ['2030-01-01T12:60:00Z', 'is not a day and time that there is'],
    ['2030-01-01T12:00:61Z', 'is not a day and time that there is'],
    ['9999-12-31T23:59:59-00:01', 'is not in the years 0000 to 9999 of UTC'],
    ['0000-01-01T00:00:00+00:01', 'is not in the years 0000 to 9999 of UTC'],
    ['2030-01-31T12:00:00 02:00', `${LIKE}: a + in a query is written %2B`],
    ...['', 'now', '2030-01-31', '2030-01-31T12:00:00', '2030-01-31 12:00:00Z', '+010000-01-01T00:00:00Z', '2030-01-31T12:00Z'].map(pair),
    ...['2030-01-31T12:00:00+24:00', '2030-01-31T12:00:00+02:60', '2030-01-31T12:00:00+2', '٢030-01-31T12:00:00Z', '1893499200'].map(pair),
  ])('%j is none: it %s', (text, why) => expect(read(text)).toBe(why))

  it('is the same whatever its offset', () => {
    const minutes = fc.integer({ min: -1_439, max: 1_439 })
    const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9998-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(date, minutes, (when, offset) => {
        const wall = new Date(when.getTime() + offset * 60_000).toISOString().slice(0, -1)
        const two = (count: number) => String(count).padStart(2, '0')
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
        expect(read(wall + zone)).toBe(when.toISOString())
      }),
    )
  })
})

function pair(text: string): [string, string] {
  return [text, LIKE]
}
