import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as z from 'zod'

const Answer = z.object({ offset: z.number(), seen: z.array(z.array(z.array(z.union([z.string(), z.number()])))) })

/** The zone is read once, when a process starts. */
function givenZone(TZ: string) {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'fixtures', 'moments-of-a-zone.ts')], {
    env: { ...process.env, TZ },
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return Answer.parse(JSON.parse(run.stdout))
}

describe('the zone of the machine', () => {
  const utc = givenZone('UTC')
  it.each([
    ['America/New_York', 240],
    ['Europe/Berlin', -120],
    ['Pacific/Kiritimati', -840],
  ])('%s changes no moment, no id and no wait, its clocks going back or forward', (zone, offset) => {
    const there = givenZone(zone)
    expect(there.offset).toBe(offset)
    expect(there.seen).toEqual(utc.seen)
  })

  it('is not asked: an hour that is told twice is two hours, and text sorts as time goes', () => {
    for (const change of utc.seen) {
      const told = change.map(([now]) => String(now))
      expect(told).toEqual([...told].sort())
      expect(new Set(told).size).toBe(told.length)
      const ids = change.map(([, , , id]) => String(id))
      expect(ids).toEqual([...ids].sort())
    }
    expect(utc.seen.flat().map(([, , , , , wait]) => wait)).toEqual(Array(36).fill(30 * 60_000))
  })
})
