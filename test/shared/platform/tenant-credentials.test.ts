import { describe, expect, it } from '@jest/globals'
import type { Session } from '../../../shared/platform/assume-role.ts'
import { renewing } from '../../../shared/platform/tenant-credentials.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** STS behind a clock that is turned by hand: sessions last an hour, and come when they are let. */
function given() {
  const clock = { now: 1_000_000 }
  const pending: { give(): void; fail(error: Error): void }[] = []
  let fetched = 0
  const fetch = (): Promise<Session> => {
    fetched += 1
    const accessKeyId = `key-${fetched}`
    const expiration = new Date(clock.now + HOUR)
    return new Promise((resolve, reject) => {
      pending.push({ give: () => resolve({ accessKeyId, secretAccessKey: 's', sessionToken: 't', expiration }), fail: reject })
    })
  }
  const credentials = renewing(fetch, () => clock.now)
  const key = async (): Promise<string> => (await credentials()).accessKeyId
  const answered = async (): Promise<string> => {
    const asked = key()
    pending.shift()?.give()
    return asked
  }
  return { clock, pending, key, answered, fetched: () => fetched }
}

describe('a tenant’s credentials', () => {
  it('are fetched once and used until six minutes before they end', async () => {
    const sts = given()
    expect(await sts.answered()).toBe('key-1')
    sts.clock.now += HOUR - 6 * MINUTE - 1
    expect(await sts.key()).toBe('key-1')
    sts.clock.now += 1
    expect(await sts.answered()).toBe('key-2')
    expect(await sts.key()).toBe('key-2')
    expect(sts.fetched()).toBe(2)
  })

  it('are fetched once for all who ask at the same time', async () => {
    const sts = given()
    const asked = Promise.all(Array.from({ length: 20 }, sts.key))
    sts.pending.shift()?.give()
    expect(new Set(await asked)).toEqual(new Set(['key-1']))
    expect(sts.fetched()).toBe(1)
  })

  it('are asked for again after a failure, which only those learn who waited for it', async () => {
    const sts = given()
    const asked = [sts.key(), sts.key()]
    sts.pending.shift()?.fail(new Error('no answer'))
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await sts.answered()).toBe('key-2')
  })

  it('are used on when STS does not answer, while a minute of them is left', async () => {
    const sts = given()
    await sts.answered()
    sts.clock.now += HOUR - 2 * MINUTE
    const asked = sts.key()
    sts.pending.shift()?.fail(new Error('no answer'))
    expect(await asked).toBe('key-1')
    sts.clock.now += MINUTE
    const late = sts.key()
    sts.pending.shift()?.fail(new Error('no answer'))
    await expect(late).rejects.toThrow('no answer')
  })
})
