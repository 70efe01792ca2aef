import { type CrashCell, givenCrashCell } from '../crash/life.ts'
import { everyMoment, killWorkers, lineOf } from '../crash/workers.ts'

/** All of them take a command of their own: npm run crash. */
const SAMPLE = 10

test('a worker that dies around any of its calls to AWS leaves a ring that is made, told, taken back and gone', async () => {
  const counted: CrashCell = await givenCrashCell()
  const all = await everyMoment(counted)
  await counted.cell.stop()
  expect(all.length).toBeGreaterThan(200)
  // What the others leave undone is taken up after a minute.
  const short = all.filter(({ caller }) => caller === 'api' || caller === 'observe' || caller === 'step')
  const moments = Array.from({ length: SAMPLE }, () => short[Math.floor(Math.random() * short.length)]).filter(
    (moment) => moment !== undefined,
  )
  const results = await killWorkers(moments, 2, () => undefined)
  expect(results.filter(({ verdict }) => verdict === 'failed').map(lineOf)).toEqual([])
}, 300_000)
