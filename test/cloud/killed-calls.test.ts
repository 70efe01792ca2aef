import { shuffled } from '../crash/cases.ts'
import { type CrashCell, givenCrashCell } from '../crash/life.ts'
import type { Moment } from '../crash/moment.ts'
import { work } from '../crash/side-by-side.ts'
import { everyMoment, killer, lineOf, type Result } from '../crash/workers.ts'

/** All of them take a command of their own: npm run crash. */
const SAMPLE = 10

/** What the others leave undone is taken up after a minute. */
const AT_ONCE = ['api', 'observe', 'step']

/** Of as many kinds of calls, of each another one and another side of it every time; taking on a role takes a cell that is new. */
function sample(all: Moment[], seed: string): Moment[] {
  const some = all.filter(({ caller, service }) => AT_ONCE.includes(caller) && service !== 'sts')
  const kinds = Map.groupBy(shuffled(some, seed), ({ caller, service, operation }) => `${caller} ${service}:${operation}`)
  const one = [...kinds.values()].flatMap(([first]) => (first ? [first] : []))
  // By another order: kinds of many calls would come first in that one.
  return shuffled(one, `${seed} kinds`).slice(0, SAMPLE)
}

test('a worker that dies around any of its calls to AWS leaves a ring that is made, told, taken back and gone', async () => {
  const counted: CrashCell = await givenCrashCell()
  const all = await everyMoment(counted)
  await counted.cell.stop()
  expect(all.length).toBeGreaterThan(200)
  const seed = crypto.randomUUID().slice(0, 8)
  const results: Result[] = []
  await work<Moment, Result>(
    sample(all, seed),
    2,
    () => {
      const { kill, stop } = killer()
      return { run: kill, stop }
    },
    (result) => results.push(result),
  )
  const of = (verdict: Result['verdict']): string[] => results.filter((result) => result.verdict === verdict).map(lineOf)
  expect({ seed, failed: of('failed'), judged: results.length }).toEqual({ seed, failed: [], judged: SAMPLE })
  // A call or two may not come again; were no worker killed, every ring would be well.
  const missed = of('missed')
  expect({ seed, missed, mostWereKilled: of('clean').length > SAMPLE / 2 }).toEqual({ seed, missed, mostWereKilled: true })
}, 300_000)
