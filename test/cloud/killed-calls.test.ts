import { type CrashCell, givenCrashCell } from '../crash/life.ts'
import type { Moment } from '../crash/moment.ts'
import { work } from '../crash/side-by-side.ts'
import { everyMoment, killer, lineOf, type Result } from '../crash/workers.ts'

/** All of them take a command of their own: npm run crash. */
const OF_EACH = 1

/** What the others leave undone is taken up after a minute. */
const AT_ONCE = ['api', 'observe', 'step']

/** Some of every kind of call that matters: the kinds one after the other, each with another call and side of it every time. */
function sample(all: Moment[]): Moment[] {
  const kinds = Map.groupBy(
    all.filter(({ caller }) => AT_ONCE.includes(caller)),
    ({ caller, service, operation }) => `${caller} ${service}:${operation}`,
  )
  return [...kinds.values()].flatMap((moments) =>
    Array.from({ length: OF_EACH }, () => moments[Math.floor(Math.random() * moments.length)]).filter((moment) => moment !== undefined),
  )
}

test('a worker that dies around any of its calls to AWS leaves a ring that is made, told, taken back and gone', async () => {
  const counted: CrashCell = await givenCrashCell()
  const all = await everyMoment(counted)
  await counted.cell.stop()
  expect(all.length).toBeGreaterThan(200)
  const results: Result[] = []
  await work<Moment, Result>(
    sample(all),
    3,
    () => {
      const { kill, stop } = killer()
      return { run: kill, stop }
    },
    (result) => results.push(result),
  )
  expect(results.filter(({ verdict }) => verdict === 'failed').map(lineOf)).toEqual([])
  expect(results.length).toBeGreaterThan(15)
}, 300_000)
