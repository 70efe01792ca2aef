import { Moment } from '../../../shared/contract/moment.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import { idMaker } from '../../../shared/platform/ids.ts'
import { httpDate } from '../../../shared/webhooks/http-date.ts'
import { retryAfterMs } from '../../../shared/webhooks/schedule.ts'

// What every function that reads or writes time makes of the hours around a change of the clocks, in the zone that TZ names.
const HOUR = 3_600_000
const CHANGES = [
  '2030-03-10T07:00:00Z',
  '2030-11-03T06:00:00Z',
  '2030-03-31T01:00:00Z',
  '2030-10-27T01:00:00Z',
  '2028-02-29T23:30:00Z',
  '9999-12-31T22:00:00Z',
]
const random = (bytes: number) => new Uint8Array(bytes)

const seen = CHANGES.map((change) => {
  const at = Date.parse(change)
  const hours = [-2, -1, -0.5, 0, 0.5, 1].map((hour) => at + hour * HOUR)
  return hours.map((now) => [
    isoTime(now),
    isoTime(now + 24 * HOUR - HOUR),
    Moment.parse(isoTime(now)),
    idMaker(() => now, random)('event'),
    httpDate(new Date(now).toUTCString(), now),
    retryAfterMs('Sun Mar 10 03:30:00 2030', Date.parse('2030-03-10T03:00:00Z')),
  ])
})
console.log(JSON.stringify({ offset: new Date(Date.parse('2030-07-01')).getTimezoneOffset(), seen }))
