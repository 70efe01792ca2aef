import fc from 'fast-check'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type RateState, rateLimiter } from '../../../shared/tenants/rate-limit.ts'
import { type RateLimit, rateOf, setRate } from '../../../shared/tenants/rate-record.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'

const calls = { reads: 0, writes: 0 }
let dynamo: GivenDynamo
beforeAll(async () => {
  dynamo = await givenDynamo({
    faults: {
      next: (operation) => {
        if (operation === 'GetItem') calls.reads += 1
        if (operation === 'UpdateItem') calls.writes += 1
        return undefined
      },
    },
  })
})
afterAll(() => dynamo.stop())

let tenants = 0
const START = Date.parse('2030-01-01T00:00:00Z')

/** A tenant of its own with these limits, and processes that count its requests by a clock that is set by hand. */
async function given(limit: RateLimit, processes = 1) {
  tenants += 1
  const tenant = tenantId(`ten_${tenants}`)
  const clock = { at: START, now: () => clock.at, sleep: async () => {} }
  const deps = { ...tableOver(dynamo.documents), clock }
  const limiters = Array.from({ length: processes }, () => rateLimiter(deps))
  const limitTo = (next: RateLimit) => tableFor(deps, tenant).transact([setRate(next)])
  const taken = async (process: number, count = 1): Promise<RateState[]> => {
    const limiter = limiters[process % processes]
    return limiter ? Promise.all(Array.from({ length: count }, () => limiter.take(tenant))) : []
  }
  await limitTo(limit)
  Object.assign(calls, { reads: 0, writes: 0 })
  return { clock, tenant, limiters, limitTo, taken, record: () => tableFor(deps, tenant).get(sk.rate) }
}
const admitted = (states: RateState[]): number => states.filter(({ retryAfterSeconds }) => retryAfterSeconds === undefined).length

/** By how many the fullest window holds more than it may. */
function excess(moments: number[], { per_second, burst }: RateLimit): number {
  let worst = Number.NEGATIVE_INFINITY
  moments.forEach((from, i) => {
    moments.slice(i).forEach((to, more) => {
      worst = Math.max(worst, more + 1 - burst - ((to - from) / 1000) * per_second)
    })
  })
  return worst
}

const limits = fc.record({ per_second: fc.constantFrom(1, 3, 7, 20, 100), seconds: fc.constantFrom(1, 2, 5) })
const steps = fc.array(
  fc.record({ wait: fc.oneof(fc.nat(30), fc.nat(400), fc.nat(3_000)), process: fc.nat(4), count: fc.integer({ min: 1, max: 60 }) }),
  { minLength: 1, maxLength: 40 },
)

describe('the bucket of a tenant', () => {
  it('lets in no more than the burst and what comes back, over any time and any number of processes', async () => {
    await fc.assert(
      fc.asyncProperty(limits, steps, async ({ per_second, seconds }, schedule) => {
        const limit = { per_second, burst: per_second * seconds }
        const { clock, taken } = await given(limit, 5)
        const moments: number[] = []
        for (const { wait, process, count } of schedule) {
          clock.at += wait
          const states = await taken(process, count)
          moments.push(...Array.from({ length: admitted(states) }, () => clock.at))
        }
        expect(excess(moments, limit)).toBeLessThanOrEqual(1e-6)
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it('does so when all processes ask at the same moment', async () => {
    const limit = rateOf(20)
    const { clock, taken } = await given(limit, 8)
    const moments: number[] = []
    for (let i = 0; i < 12; i += 1) {
      const states = (await Promise.all(Array.from({ length: 8 }, (_, process) => taken(process, 4)))).flat()
      moments.push(...Array.from({ length: admitted(states) }, () => clock.at))
      clock.at += 130
    }
    expect(excess(moments, limit)).toBeLessThanOrEqual(1e-6)
    expect(moments.length).toBeGreaterThan(limit.burst)
  })

  it('gives all of a small burst at once, and refuses the next with how long to wait', async () => {
    const { taken } = await given(rateOf(4))
    const states = await taken(0, 9)
    expect(admitted(states)).toBe(8)
    expect(states[0]).toMatchObject({ limit: { per_second: 4, burst: 8 }, remaining: 7 })
    expect(states[7]).toMatchObject({ remaining: 0, resetSeconds: 2 })
    expect(states[8]).toMatchObject({ remaining: 0, retryAfterSeconds: 1 })
  })

  it('gives at least nine tenths of a large one', async () => {
    const { taken } = await given(rateOf(100))
    const count = admitted(await taken(0, 250))
    expect(count).toBeGreaterThanOrEqual(180)
    expect(count).toBeLessThanOrEqual(200)
  })

  it.each([1, 4, 10])('refuses nobody who keeps to three quarters of the rate, with %d processes', async (processes) => {
    const { clock, taken } = await given(rateOf(100), processes)
    const states: RateState[] = []
    for (let i = 0; i < 600; i += 1) {
      states.push(...(await taken(i)))
      clock.at += 1000 / 75
    }
    expect(admitted(states)).toBe(600)
  })
})

describe('limits', () => {
  it('that are changed take effect, and what was used stays used', async () => {
    const { clock, taken, limitTo } = await given(rateOf(2))
    expect(admitted(await taken(0, 6))).toBe(4)
    await limitTo(rateOf(8))
    clock.at += 500
    const [raised] = await taken(0)
    expect(raised).toMatchObject({ limit: { per_second: 8, burst: 16 } })
    await limitTo(rateOf(1))
    clock.at += 10_000
    const states = await taken(0, 10)
    expect(admitted(states)).toBeLessThanOrEqual(2)
    expect(states.at(-1)).toMatchObject({ limit: { per_second: 1, burst: 2 }, retryAfterSeconds: 1 })
  })

  it('hold for the next request after a rest, whatever a process remembers', async () => {
    const { clock, taken, limitTo } = await given(rateOf(100))
    await taken(0, 3)
    clock.at += 60_000
    await limitTo(rateOf(1))
    expect(admitted(await taken(0, 5))).toBe(2)
  })
})

describe('what it costs', () => {
  it('is a write for a request that comes alone, and a read for a tenant that is new to the process', async () => {
    const { clock, taken } = await given(rateOf(100))
    for (let i = 0; i < 10; i += 1) {
      await taken(0)
      clock.at += 1_000
    }
    expect(calls).toEqual({ reads: 1, writes: 10 })
  })

  it('is about five writes a second for a process that gets many', async () => {
    const { clock, taken } = await given(rateOf(100))
    for (let i = 0; i < 400; i += 1) {
      await taken(0)
      clock.at += 12.5
    }
    expect(calls.reads).toBe(1)
    expect(calls.writes / 5).toBeLessThanOrEqual(6)
  })

  it('is nothing for what is refused, until the next token is due', async () => {
    const { clock, taken, limiters, tenant } = await given(rateOf(2))
    await taken(0, 5)
    Object.assign(calls, { reads: 0, writes: 0 })
    expect(limiters[0]?.exhausted(tenant)).toBe(true)
    expect(admitted(await taken(0, 100))).toBe(0)
    clock.at += 499
    expect(admitted(await taken(0, 100))).toBe(0)
    expect(calls).toEqual({ reads: 0, writes: 0 })
    clock.at += 1
    expect(limiters[0]?.exhausted(tenant)).toBe(false)
    expect(admitted(await taken(0, 100))).toBe(1)
  })
})
