const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The three forms of RFC 9110, 5.6.7: the one that is sent now, and two that old servers send. */
const FIXED = /^[A-Za-z]{3}, (?<day>\d\d) (?<month>[A-Za-z]{3}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/
const RFC850 = /^[A-Za-z]+, (?<day>\d\d)-(?<month>[A-Za-z]{3})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/
const ASCTIME = /^[A-Za-z]{3} (?<month>[A-Za-z]{3}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/

/** Two digits mean the last such year that is not more than 50 years ahead. */
function fullYear(year: string, now: number): number {
  if (year.length > 2) return Number(year)
  const thisYear = new Date(now).getUTCFullYear()
  const guess = thisYear - (thisYear % 100) + Number(year)
  return guess > thisYear + 50 ? guess - 100 : guess
}

/**
 * Reads a date of HTTP as epoch milliseconds; undefined of anything else. Not `Date.parse`: it takes what names no zone, as
 * the third form, to be in the zone of the machine.
 */
export function httpDate(text: string, now: number): number | undefined {
  const { day = '', month = '', year = '', time = '' } = (FIXED.exec(text) ?? RFC850.exec(text) ?? ASCTIME.exec(text))?.groups ?? {}
  const index = MONTHS.indexOf(month)
  if (index < 0) return undefined
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  // A leap second is the second after it (RFC 9110 allows 60).
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined
  const at = Date.UTC(fullYear(year, now), index, Number(day), hours, minutes, seconds)
  return Number.isNaN(at) || Number(day) < 1 || Number(day) > 31 ? undefined : at
}
