import * as z from 'zod'

const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:Z|([+-])(\d\d):(\d\d))$/
const LIKE = 'is not a moment such as 2030-01-31T12:00:00Z or 2030-01-31T14:00:00+02:00'
const MINUTE = 60_000
const LAST = Date.parse('9999-12-31T23:59:59.999Z')
const FIRST = Date.parse('0000-01-01T00:00:00Z')

type Read = { at: number } | { problem: string }

/** Milliseconds that the clock on the wall is ahead of UTC. */
function offsetOf([sign, hours, minutes]: (string | undefined)[]): number | undefined {
  if (sign === undefined) return 0
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE
}

/** Reads RFC 3339, what finer than milliseconds is dropped. */
function readMoment(text: string): Read {
  const found = FORM.exec(text)
  if (!found) {
    const unescaped = FORM.test(text.replace(/ (\d\d:\d\d)$/, '+$1'))
    return { problem: unescaped ? `${LIKE}: a + in a query is written %2B` : LIKE }
  }
  const [, year, month, day, hour, minute, second, fraction = '', ...zone] = found
  if (second === '60') return { problem: 'is in a leap second, which our clocks do not count: name the second before or after it' }
  const ms = fraction.slice(1, 4).padEnd(3, '0')
  const wall = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`
  const at = Date.parse(wall)
  // The parser counts on from 24:00 and 30 February; what it reads is then not what was written.
  if (Number.isNaN(at) || new Date(at).toISOString() !== wall) return { problem: 'is not a day and time that there is' }
  const offset = offsetOf(zone)
  if (offset === undefined) return { problem: LIKE }
  const utc = at - offset
  return utc >= FIRST && utc <= LAST ? { at: utc } : { problem: 'is not in the years 0000 to 9999 of UTC' }
}

/** A moment as a request may write it, with any offset; from here on in UTC, to the millisecond. */
export const Moment = z
  .string()
  .transform((text, ctx) => {
    const read = readMoment(text)
    if ('at' in read) return new Date(read.at).toISOString()
    ctx.issues.push({ code: 'custom', message: read.problem, input: text })
    return z.NEVER
  })
  .meta({ type: 'string', format: 'date-time' })
