import { parseArgs } from 'node:util'
import { surviveKill } from './clouds.ts'
import { givenCrashCell } from './life.ts'
import { everyMoment, killWorkers, lineOf } from './workers.ts'

const USAGE = `npm run crash [-- OPTIONS]
Kills what makes a ring, and looks whether it is made and taken back all the same, with nothing left over:
the worker that makes a call to AWS, before and after every call of a create and a delete; then the whole cloud at random moments.
  --cells N   clouds side by side (4)
  --calls N   only so many of the calls, picked at random (all)
  --kills N   how often the whole cloud is killed (50)
  --help      this`

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: '4' },
    calls: { type: 'string' },
    kills: { type: 'string', default: '50' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

const started = Date.now()
const counted = await givenCrashCell()
const all = await everyMoment(counted)
await counted.cell.stop()
const shuffled = all.map((moment) => ({ moment, at: Math.random() })).sort((a, b) => a.at - b.at)
const moments = shuffled.slice(0, values.calls === undefined ? all.length : Number(values.calls)).map(({ moment }) => moment)
console.log(`${all.length / 2} calls to AWS in a create and a delete; killing ${moments.length} workers`)

let done = 0
const results = await killWorkers(moments, Number(values.cells), (result) => {
  done += 1
  if (result.verdict === 'failed') console.log(lineOf(result))
  if (done % 25 === 0) console.log(`${done} of ${moments.length}, ${Math.round((Date.now() - started) / 1000)} s`)
})
const of = (verdict: string): number => results.filter((result) => result.verdict === verdict).length
console.log(`workers: ${of('clean')} clean, ${of('failed')} failed, ${of('missed')} without such a call this time`)

let lost = 0
for (let kill = 1; kill <= Number(values.kills); kill += 1) {
  const during = kill % 3 === 0 ? 'delete' : 'create'
  const survival = await surviveKill(during, Math.random() * (during === 'delete' ? 600 : 3_000)).catch((error: unknown) => ({
    during,
    afterMs: 0,
    ended: Error.isError(error) ? error.message : String(error),
  }))
  if (survival.ended === 'succeeded, succeeded') continue
  lost += 1
  console.log(`failed after a kill ${Math.round(survival.afterMs)} ms into a ${survival.during}: ${survival.ended}`)
}
console.log(`whole clouds: ${Number(values.kills) - lost} clean, ${lost} failed; ${Math.round((Date.now() - started) / 1000)} s`)
process.exit(of('failed') + lost === 0 ? 0 : 1)
