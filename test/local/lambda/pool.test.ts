import { describe, expect, it } from '@jest/globals'
import type { ExecutionEnvironment } from '../../../local/lambda/execution-environment.ts'
import { createPool, type Pool } from '../../../local/lambda/pool.ts'
import { handTurnedTimers } from '../fixtures/hand-turned-timers.ts'

/** An environment without a thread: the pool never looks inside one. */
function environment(): ExecutionEnvironment {
  const ended = Promise.withResolvers<void>()
  let alive = true
  return {
    get alive() {
      return alive
    },
    run: () => Promise.resolve({ payload: 'null' }),
    end: () => {
      alive = false
      ended.resolve()
    },
    ended: ended.promise,
  }
}

function given(most = 10) {
  const timers = handTurnedTimers()
  const started: ExecutionEnvironment[] = []
  const pool = createPool('worker', most, timers, () => {
    const made = environment()
    started.push(made)
    return made
  })
  return { timers, started, pool }
}
/** Takes an environment until the returned function is called. */
async function hold(pool: Pool): Promise<{ environment: ExecutionEnvironment; giveBack: () => Promise<void> }> {
  const taken = Promise.withResolvers<ExecutionEnvironment>()
  const held = Promise.withResolvers<void>()
  const use = pool.with(async (each) => {
    taken.resolve(each)
    await held.promise
  })
  const giveBack = (): Promise<void> => {
    held.resolve()
    return use
  }
  return { environment: await taken.promise, giveBack }
}

describe('a pool', () => {
  it('ends what was idle for five minutes, and keeps what is used', async () => {
    const { timers, started, pool } = given()
    const first = await hold(pool)
    const second = await hold(pool)
    await second.giveBack()
    await first.giveBack()
    await timers.advance(200_000)
    expect(await pool.with(async (each) => each)).toBe(first.environment)
    await timers.advance(200_000)
    expect(started.map(({ alive }) => alive)).toEqual([true, false])
    await timers.advance(100_000)
    expect(started.map(({ alive }) => alive)).toEqual([false, false])
    expect(timers.pending()).toBe(0)
  })

  it('never hands out one that ended while it was idle', async () => {
    const { started, pool } = given()
    await pool.with(async (each) => each)
    started[0]?.end()
    expect(await pool.with(async (each) => each)).toBe(started[1])
  })

  it('tells those who wait when it stops, and ends all', async () => {
    const { timers, started, pool } = given(1)
    const held = await hold(pool)
    const waiting = pool.with(async () => undefined)
    await pool.stop()
    await expect(waiting).rejects.toThrow('worker is not run: the local cloud is stopping')
    await held.giveBack()
    await expect(pool.with(async () => undefined)).rejects.toThrow('stopping')
    expect([started.map(({ alive }) => alive), timers.pending()]).toEqual([[false], 0])
  })
})
