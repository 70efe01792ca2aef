import { isDeepStrictEqual } from 'node:util'
import { CLEAN, type CrashCell, givenCrashCell, live } from './life.ts'
import { type Moment, nameOf } from './moment.ts'

/** What became of one moment; `missed` when the ring's life had no such call this time. */
export interface Result {
  moment: Moment
  verdict: 'clean' | 'missed' | 'failed'
  detail?: string
}

/** Every call that one life makes, each of them twice: just before it and just after. */
export async function everyMoment(crash: CrashCell): Promise<Moment[]> {
  // Twice, since the first life of a cell also makes what later ones find.
  await live(crash)
  await live(crash)
  return crash.reaper
    .counted()
    .flatMap(({ count, ...kind }) =>
      Array.from({ length: count }, (_, i) => (['before', 'after'] as const).map((when): Moment => ({ ...kind, nth: i + 1, when }))).flat(),
    )
}

async function judge(crash: CrashCell, moment: Moment): Promise<Result> {
  try {
    const outcome = await live(crash, moment)
    if (isDeepStrictEqual({ ...outcome, struck: true }, CLEAN)) return { moment, verdict: outcome.struck ? 'clean' : 'missed' }
    return { moment, verdict: 'failed', detail: JSON.stringify(outcome) }
  } catch (error) {
    return { moment, verdict: 'failed', detail: Error.isError(error) ? error.message : String(error) }
  }
}

/**
 * Lives one ring for each moment, in so many cells side by side. A cell in which a life failed is replaced: what it left
 * behind would be blamed on the next.
 */
export async function killWorkers(moments: readonly Moment[], cells: number, told: (result: Result) => void): Promise<Result[]> {
  const rest = [...moments]
  const results: Result[] = []
  const work = async (): Promise<void> => {
    let crash = await givenCrashCell()
    try {
      for (let moment = rest.shift(); moment; moment = rest.shift()) {
        const result = await judge(crash, moment)
        results.push(result)
        told(result)
        if (result.verdict !== 'failed') continue
        await crash.cell.stop()
        crash = await givenCrashCell()
      }
    } finally {
      await crash.cell.stop()
    }
  }
  await Promise.all(Array.from({ length: Math.min(cells, moments.length) }, work))
  return results
}

export const lineOf = ({ moment, verdict, detail }: Result): string =>
  `${verdict.padEnd(6)} ${nameOf(moment)}${detail === undefined ? '' : `: ${detail}`}`
