import { type CrashCell, givenCrashCell } from '../crash/life.ts'
import type { Moment } from '../crash/moment.ts'
import { work } from '../crash/side-by-side.ts'
import { everyMoment, killer, lineOf, type Result } from '../crash/workers.ts'

/** All of them take a command of their own: npm run crash. */
const SAMPLE = 10

/** What the others leave undone is taken up after a minute. */
const AT_ONCE = ['api', 'observe', 'step']

const shuffled = <T>(all: readonly T[]): T[] =>
  all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)

/** Of as many kinds of calls, of each another one and another side of it every time; taking on a role takes a cell that is new. */
function sample(all: Moment[]): Moment[] {
  const some = all.filter(({ caller, service }) => AT_ONCE.includes(caller) && service !== 'sts')
  const kinds = Map.groupBy(shuffled(some), ({ caller, service, operation }) => `${caller} ${service}:${operation}`)
  return shuffled([...kinds.values()])
    .slice(0, SAMPLE)
    .flatMap(([first]) => (first ? [first] : []))
}

test('a worker that dies around any of its calls to AWS leaves a ring that is made, told, taken back and gone', async () => {
  const counted: CrashCell = await givenCrashCell()
  const all = await everyMoment(counted)
  await counted.cell.stop()
  expect(all.length).toBeGreaterThan(200)
  const results: Result[] = []
  await work<Moment, Result>(
    sample(all),
    2,
    () => {
      const { kill, stop } = killer()
      return { run: kill, stop }
    },
    (result) => results.push(result),
  )
  expect(results.filter(({ verdict }) => verdict === 'failed').map(lineOf)).toEqual([])
  expect(results.length).toBe(SAMPLE)
}, 300_000)
