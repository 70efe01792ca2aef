import { givenWitnessCell, type WitnessCell } from './cell.ts'
import { filtersTake } from './filters.ts'
import { startMinistack } from './ministack.ts'
import { startMoto } from './moto.ts'
import { witnessCalls } from './peers/witness-calls.ts'
import { ACCOUNT, REGION } from './peers/worlds.ts'
import type { Python } from './python.ts'
import { readBack } from './read-back.ts'
import { witnessRights } from './rights/witness-rights.ts'
import { story } from './story.ts'
import { tornDown, upgraded } from './upgrade.ts'
import { type Witness, witness } from './witnessed.ts'

/** What the template says and the emulator does not do, so that nothing is told of it. */
const NOT_SEEN = [
  {
    what: 'retries of the stream mappings',
    reason: 'ministack tries a failed batch for as long as it fails: no MaximumRetryAttempts, no halving, no reported items',
  },
  {
    what: 'rights while it runs',
    reason: "ministack's services know neither session tags nor dynamodb:LeadingKeys: nobody is judged there",
  },
  { what: 'hosts, tasks and their network', reason: 'ECS is the local model, whose nodes are processes on loopback addresses' },
  { what: 'a webhook that arrives', reason: 'the deployed bundles send to public addresses only' },
]

export const PARTS = ['calls', 'rights', 'deploy'] as const
export type Part = (typeof PARTS)[number]
type Tell = (line: string) => void

async function calls(python: Python, seen: Witness): Promise<void> {
  const moto = await startMoto(python, ACCOUNT)
  try {
    const ministack = await startMinistack(python, ACCOUNT, REGION, {})
    try {
      const found = await witnessCalls({ moto, ministack }, seen)
      for (const { known } of found?.explained ?? []) seen.note(`differs: ${known.calls.join(', ')}`, known.why)
    } finally {
      await ministack.stop()
    }
  } finally {
    await moto.stop()
  }
}

async function read({ deployed, target }: WitnessCell, { see, note }: Witness): Promise<void> {
  await see('what was deployed is what the template says', async () => {
    const { held, departures, notKept } = await readBack(deployed, target)
    for (const { what, reason } of notKept) note(`not kept: ${what}`, reason)
    if (departures.length > 0) throw new Error(departures.join('\n'))
    const properties = Object.values(held).reduce((sum, count) => sum + count, 0)
    return { seen: `${properties} properties of ${Object.keys(held).length} types read back`, found: true }
  })
}

async function deployed(python: Python, outDir: string, seen: Witness, tell: Tell): Promise<void> {
  tell('     deploying, which takes some 20 seconds ...')
  const cell = await seen.see('cdk bootstrap and cdk deploy into ministack', async () => {
    const found = await givenWitnessCell(python, outDir)
    return { seen: `${found.deployed.resources.length} resources`, found }
  })
  if (!cell) return
  try {
    for (const { what, reason } of cell.deployed.stripped) seen.note(`stripped: ${what}`, reason)
    for (const { what, reason } of cell.deployed.completed) seen.note(`by its own API: ${what}`, reason)
    for (const { what, reason } of NOT_SEEN) seen.note(`not seen: ${what}`, reason)
    await read(cell, seen)
    await seen.see('the filters of the event sources', () => filtersTake(outDir, cell.target))
    await story(cell, seen)
    await seen.see('cdk deploy of a template with other functions', () => upgraded(cell))
    await seen.see('cdk destroy', () => tornDown(cell))
    if (seen.all().some(({ held }) => !held)) tell(`What ministack said last:\n${cell.said().slice(-6_000)}`)
  } finally {
    await cell.stop()
  }
}

/** Everything that others than we can tell of the template and the models; what could not be seen is in it as not held. */
export async function witnessAll(python: Python, options: { outDir: string; parts: Part[]; tell: Tell }): Promise<Witness> {
  const { outDir, parts, tell } = options
  const seen = witness(tell)
  if (parts.includes('calls')) await calls(python, seen)
  if (parts.includes('rights')) await seen.see('the rights of every role', () => witnessRights(python, outDir))
  if (parts.includes('deploy')) await deployed(python, outDir, seen, tell)
  return seen
}
