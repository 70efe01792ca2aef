import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'

const USAGE = `npm run fuzz [-- OPTIONS]
Sends requests that are generated from the API's description, and judges every answer. The API runs behind the local gateway, with a
real table. Four minutes at most. Ends with 1 when an answer was wrong, or not all were sent.
  --count N   how many (20000)
  --seed N    which, as an earlier run named it
  --help      this`

const { values } = parseArgs({
  options: { count: { type: 'string', default: '20000' }, seed: { type: 'string' }, help: { type: 'boolean', default: false } },
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
const seed = values.seed === undefined ? Date.now() % 2_147_483_647 : Number(values.seed)
const count = Number(values.count)
const SHOWN = 40
const LONGEST_MS = 4 * 60_000

console.log(`${count} requests, seed ${seed} (again: npm run fuzz -- --seed ${seed} --count ${count})`)
const startedAt = Date.now()
const { failures, ...figures } = await fuzz({ count, seed, deadlineMs: LONGEST_MS, progress: (done) => console.log(`  ${done}`) })
console.log({ ...figures, seconds: Math.round((Date.now() - startedAt) / 1000), failures: failures.length })
for (const failure of failures.slice(0, SHOWN)) console.log(failure)
process.exitCode = failures.length === 0 && figures.sent === count ? 0 : 1
