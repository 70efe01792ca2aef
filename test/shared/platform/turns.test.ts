import { definitionTurns } from '../../../shared/platform/turns.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'

let dynamo: GivenDynamo
let now = 0
beforeAll(async () => {
  dynamo = await givenDynamo()
})
afterAll(() => dynamo.stop())
/** Long after whatever came before: the bucket is full. */
beforeEach(() => {
  now += 3_600_000
})
const turns = (rate = { burst: 20, interval_ms: 1_000 }) =>
  definitionTurns({ ...tableOver(dynamo.documents), clock: { now: () => now, sleep: async () => undefined }, rate })
const many = <T>(count: number, ask: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, ask))
const waits = (given: number[]): number[] => given.map((at) => Math.max(0, at - now)).sort((a, b) => a - b)
const later = (count: number): number[] => Array.from({ length: count }, (_, n) => (n + 1) * 1000)

test('twenty turns are now, and then there is one a second, whoever asks at once', async () => {
  const { next } = turns()
  expect(waits(await many(30, next))).toEqual([...Array(20).fill(0), ...later(10)])
})

test('turns that nobody took come back, up to twenty', async () => {
  const { next } = turns()
  await many(20, next)
  now += 3_000
  expect(waits(await many(4, next))).toEqual([0, 0, 0, 1000])
  now += 600_000
  expect(waits(await many(21, next))).toEqual([...Array(20).fill(0), 1000])
})

test('what can wait takes no turn that a ring may want that is being made', async () => {
  const { next, spare } = turns()
  const spared = await many(30, spare)
  expect(spared.filter((taken) => taken)).toHaveLength(10)
  expect(waits(await many(11, next))).toEqual([...Array(10).fill(0), 1000])
  expect(await spare()).toBe(false)
  now += 12_001
  expect([await spare(), await spare()]).toEqual([true, false])
})

test('as many are now, and as soon come back, as the cell is told', async () => {
  const { next, spare } = turns({ burst: 3, interval_ms: 250 })
  expect(await Promise.all([spare(), spare(), spare()])).toEqual(expect.arrayContaining([true, true, false]))
  expect(waits(await many(4, next))).toEqual([0, 250, 500, 750])
  now += 3_600_000
  const one = turns({ burst: 1, interval_ms: 40_000 })
  expect([await one.spare(), await one.spare()]).toEqual([true, false])
  expect(waits(await many(2, one.next))).toEqual([40_000, 80_000])
})
