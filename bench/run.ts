import { createFigures } from './create.ts'
import { report } from './figure.ts'
import { formationFigures } from './formation.ts'
import { handlerFigures } from './handlers.ts'
import { importFigures } from './imports.ts'
import { moneyFigures } from './money/figures.ts'
import { plannerFigures } from './planner.ts'
import { burstFigures } from './time/burst.ts'
import { awsTimeFigures } from './time/create.ts'
import { memoryFigures } from './time/memory.ts'
import { webhookFigures } from './webhooks.ts'

async function everything(): Promise<boolean> {
  // Everything in one run on one machine, so that both sides of a ratio have had the same weather.
  const formation = await formationFigures()
  // Of the same engine as the ring that is made.
  const byHand = formation.find((figure) => figure.name.startsWith('valkey 9.1') && figure.name.includes('redis-cli'))
  const create = await createFigures(byHand && 'theirs' in byHand ? byHand.theirs : undefined)
  const api = [...(await importFigures()), ...(await handlerFigures()), ...(await webhookFigures())]
  // Last: these wait more than they work, and what came before has ended.
  const time = [...(await awsTimeFigures()), ...(await burstFigures()), ...(await memoryFigures())]
  return report('figures', [...formation, ...create, ...api, ...plannerFigures(), ...time, ...(await moneyFigures())])
}

const [part, ...others] = process.argv.slice(2)
if (others.length > 0 || (part !== undefined && part !== 'money')) {
  console.error('npm run bench takes nothing, or money')
  process.exitCode = 2
} else {
  /** `npm run bench -- money`: only what is counted and hardly timed, for which the machine need not be quiet. */
  const met = part === 'money' ? report('money', await moneyFigures()) : await everything()
  process.exitCode = met ? 0 : 1
}
