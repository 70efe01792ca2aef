import { parseArgs } from 'node:util'
import { cloudKills, shuffled } from './cases.ts'
import { type CloudKill, SURVIVED, surviveKill } from './clouds.ts'
import { givenCrashCell } from './life.ts'
import type { Moment } from './moment.ts'
import { progress } from './progress.ts'
import { work } from './side-by-side.ts'
import { everyMoment, killer, lineOf, type Result } from './workers.ts'

const USAGE = `npm run crash [-- OPTIONS]
Kills what makes a ring, and looks whether it is made and taken back all the same, with nothing left over:
the worker that makes a call to AWS, before and after every call of a create and a delete; then the whole cloud at random moments.
Some 20 minutes on two cores.
  --cells N   clouds side by side (4)
  --calls N   only so many of the calls (all, each before and after)
  --kills N   how often the whole cloud is killed (50)
  --seed S    the order of the calls and the moments of the kills, as an earlier run named it
  --from N    leaves out so many of the cases, as an earlier run says
  --help      this`

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: '4' },
    calls: { type: 'string' },
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: crypto.randomUUID().slice(0, 8) },
    from: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
const { seed } = values
const [cells, from] = [Number(values.cells), Number(values.from)]

const counted = await givenCrashCell()
const all = await everyMoment(counted)
await counted.cell.stop()
const moments = shuffled(all, seed).slice(0, values.calls === undefined ? all.length : Number(values.calls))
const kills = cloudKills(Number(values.kills), seed)
console.log(
  `${all.length / 2} calls to AWS in a create and a delete: ${moments.length} kills of a worker, ${kills.length} of the whole cloud; --seed ${seed}`,
)

const told = progress(moments.length + kills.length, from, console.log)
const results = await work<Moment, Result>(
  moments.slice(from),
  cells,
  () => {
    const { kill, stop } = killer()
    return { run: kill, stop }
  },
  (result, index) => {
    if (result.verdict !== 'clean') console.log(lineOf(result))
    told.over(from + index)
  },
)
const of = (verdict: Result['verdict']): number => results.filter((result) => result.verdict === verdict).length
console.log(`workers: ${of('clean')} clean, ${of('failed')} failed, ${of('missed')} whose call did not come; ${told.spent()}`)

const survive = (kill: CloudKill) =>
  surviveKill(kill).catch((error: unknown) => ({ ...kill, ended: Error.isError(error) ? error.message : String(error) }))
const skipped = Math.max(0, from - moments.length)
const survivals = await work(
  kills.slice(skipped),
  cells,
  () => ({ run: survive, stop: async () => undefined }),
  ({ during, afterMs, ended }, index) => {
    if (ended !== SURVIVED) console.log(`failed after a kill ${afterMs} ms into a ${during}: ${ended}`)
    told.over(moments.length + skipped + index)
  },
)
const lost = survivals.filter(({ ended }) => ended !== SURVIVED).length
console.log(`whole clouds: ${survivals.length - lost} clean, ${lost} failed; ${told.spent()} in all`)
// Were no worker killed, every ring would be well.
const noneKilled = all.length === 0 || (results.length > 0 && of('clean') === 0)
if (noneKilled) console.log('failed: no worker was killed')
process.exit(of('failed') + lost > 0 || noneKilled ? 1 : 0)
