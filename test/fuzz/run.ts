import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'

const { values } = parseArgs({ options: { count: { type: 'string', default: '20000' }, seed: { type: 'string' } } })
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
