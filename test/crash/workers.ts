import { isDeepStrictEqual } from 'node:util'
import { CLEAN, type CrashCell, givenCrashCell, live } from './life.ts'
import { type Moment, nameOf } from './moment.ts'

/** What became of one moment; `missed` when the ring's lives had no such call. */
export interface Result {
  moment: Moment
  verdict: 'clean' | 'missed' | 'failed'
  detail?: string
  /** Lives that it took: how often a call of a kind is made differs a little from one to the next. */
  lives: number
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

/** A call that did not come may come in another life. */
const LIVES = 4

async function judge(given: () => Promise<CrashCell>, moment: Moment): Promise<Result> {
  const came: number[] = []
  for (let lives = 1; lives <= LIVES; lives += 1) {
    const crash = await given()
    try {
      const outcome = await live(crash, moment)
      if (!isDeepStrictEqual({ ...outcome, struck: true }, CLEAN))
        return { moment, verdict: 'failed', detail: JSON.stringify(outcome), lives }
      if (outcome.struck) return { moment, verdict: 'clean', lives }
    } catch (error) {
      const struck = crash.reaper.struck() ? 'killed' : 'not killed yet'
      return { moment, verdict: 'failed', detail: `${struck}: ${Error.isError(error) ? error.message : String(error)}`, lives }
    }
    came.push(crash.reaper.came(moment))
  }
  return { moment, verdict: 'missed', detail: `there were ${came.join(', ')} such calls in ${LIVES} lives`, lives: LIVES }
}

/** Stopped tasks and old items stay for a while: what looks at all of them would be slower with every life. */
const LIVES_OF_A_CELL = 40

/**
 * Judges moments, one at a time, by the lives of rings in a cell of its own. A cell in which a life failed is replaced: what
 * it left behind would be blamed on the next.
 */
export function killer(): { kill(moment: Moment): Promise<Result>; stop(): Promise<void> } {
  let crash: CrashCell | undefined
  let lives = 0
  const stop = async (): Promise<void> => {
    await crash?.cell.stop()
    crash = undefined
    lives = 0
  }
  return {
    kill: async (moment) => {
      const result = await judge(async () => {
        // Only a worker that has just been started takes on a role.
        if (moment.service === 'sts') await stop()
        crash ??= await givenCrashCell()
        return crash
      }, moment)
      lives += result.lives
      if (result.verdict === 'failed' || lives >= LIVES_OF_A_CELL) await stop()
      return result
    },
    stop,
  }
}

export const lineOf = ({ moment, verdict, detail }: Result): string =>
  `${verdict.padEnd(6)} ${nameOf(moment)}${detail === undefined ? '' : `: ${detail}`}`
