import fc from 'fast-check'
import * as z from 'zod'
import { type Api, givenApi } from './given.ts'
import { givenWorld, type World } from './given-world.ts'
import { givenList, kindsMissing, LISTED, type List } from './lists.ts'

let api: Api
let world: World
let stranger: World
/** A tenth of a second between any two looks at it: what is asked here is not how fast one may ask. */
let now = Date.now()
const clock = { now: () => (now += 100), sleep: async () => {} }
beforeAll(async () => {
  api = await givenApi({ clock })
  ;[world, stranger] = [await givenWorld(api), await givenWorld(api)]
})
afterAll(() => api.stop())

const SLOTS = 16
/** Of every property: lists are many, and a walk is some ten requests. */
const RUNS = 8
const lists = LISTED.map(({ operationId }) => operationId).filter((id) => id !== 'listEvents')

const Page = z.object({
  items: z.array(z.looseObject({ id: z.string().optional(), tenant_id: z.string().optional() })),
  next_cursor: z.string().optional(),
})

async function pageOf({ path, key }: Pick<List, 'path' | 'key'>, query: Record<string, string>) {
  const { status, text } = await api.send('GET', path, { key, query })
  if (status !== 200) throw new Error(text)
  const { items, next_cursor } = Page.parse(JSON.parse(text))
  return { names: items.map((item) => item.id ?? item.tenant_id ?? ''), next: next_cursor }
}

/** Reads the whole list, and lets `between` change it after each page. */
async function walk(list: List, limit: number, between: (page: number) => Promise<void> = async () => {}): Promise<string[]> {
  const seen: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < 100; page += 1) {
    const { names, next } = await pageOf(list, { limit: String(limit), ...(cursor === undefined ? {} : { cursor }) })
    expect(names.length).toBeLessThanOrEqual(limit)
    seen.push(...names)
    if (next === undefined) return seen
    cursor = next
    await between(page)
  }
  throw new Error('the list has no end')
}

const slots = fc.uniqueArray(fc.nat({ max: SLOTS - 1 }), { maxLength: SLOTS })
const changes = fc.array(fc.record({ slot: fc.nat({ max: SLOTS - 1 }), put: fc.boolean() }), { maxLength: 4 })
const isSorted = (names: string[]): boolean => names.every((name, i) => i === 0 || name > (names[i - 1] ?? ''))

describe('every list', () => {
  it('is here', () => expect(kindsMissing()).toEqual([]))

  it.each(lists)(
    '%s shows once what is there all the while, whatever else comes and goes',
    async (operationId) => {
      const list = await givenList(api, await givenWorld(api), operationId)
      await fc.assert(
        fc.asyncProperty(slots, fc.array(changes, { maxLength: 12 }), fc.integer({ min: 1, max: 7 }), async (first, later, limit) => {
          for (let slot = 0; slot < SLOTS; slot += 1) await (first.includes(slot) ? list.put(slot) : list.take(slot))
          const everThere = new Set(first)
          const alwaysThere = new Set(first)
          const seen = await walk(list, limit, async (page) => {
            for (const { slot, put } of later[page] ?? []) {
              if (put) everThere.add(slot)
              else alwaysThere.delete(slot)
              await (put ? list.put(slot) : list.take(slot))
            }
          })
          expect(new Set(seen).size).toBe(seen.length)
          for (const slot of alwaysThere) expect(seen).toContain(list.nameOf(slot))
          const made = Array.from({ length: SLOTS }, (_, slot) => list.nameOf(slot))
          const ours = seen.filter((name) => made.includes(name))
          expect([...everThere].map(list.nameOf)).toEqual(expect.arrayContaining(ours))
          expect(isSorted(ours) || isSorted(ours.toReversed())).toBe(true)
        }),
        { numRuns: RUNS },
      )
    },
    60_000,
  )

  it.each(lists)('%s ends where its last item is, also when that fills a page', async (operationId) => {
    const list = await givenList(api, await givenWorld(api), operationId)
    for (let slot = 0; slot < 3; slot += 1) await list.put(slot)
    const all = await walk(list, 100)
    const { names, next } = await pageOf(list, { limit: String(all.length) })
    expect({ names, next }).toEqual({ names: all, next: undefined })
    expect((await pageOf(list, { limit: String(all.length - 1) })).next).toEqual(expect.any(String))
  })

  it.each(lists)('%s takes no cursor but its own, of this tenant and filter, as it was given', async (operationId) => {
    const [list, other] = await Promise.all([givenList(api, world, operationId), givenList(api, stranger, operationId)])
    for (const slot of [0, 1]) await Promise.all([list.put(slot), other.put(slot)])
    const { next = '' } = await pageOf(list, { limit: '1' })
    const refuses = async (at: { path: string; key: string }, query: Record<string, string>) => {
      const { status, body } = await api.send('GET', at.path, { key: at.key, query })
      expect({ operationId, query, status, body }).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
    }
    const tampered = [`${next}A`, next.slice(0, -4), `A${next.slice(1)}`, next.split('').toReversed().join(''), 'x', '!', '%00', ' ']
    for (const cursor of tampered.filter((text) => text !== next)) await refuses(list, { cursor })
    // What the platform lists is its own, whoever the tenant was.
    if (list.key !== api.platformKey || list.path !== other.path) await refuses(other, { cursor: next })
    const elsewhere = operationId === 'listWebhooks' ? '/v1/operations' : '/v1/webhooks'
    await refuses({ path: elsewhere, key: world.key }, { cursor: next })
  })

  it.each(lists)('%s takes limits of 1 to 100 and nothing like them', async (operationId) => {
    const list = await givenList(api, world, operationId)
    for (const limit of ['0', '101', '-1', '1.5', '1e1', '01', '+1', ' 1', '1,2', '٣', '', 'all', '9'.repeat(30)]) {
      const { status, body } = await api.send('GET', list.path, { key: list.key, query: { limit } })
      expect({ limit, status, body }).toMatchObject({
        limit,
        status: 400,
        body: { code: 'out_of_range', errors: [{ in: 'query', pointer: '/limit' }] },
      })
    }
    for (const limit of ['1', '100']) expect((await pageOf(list, { limit })).names.length).toBeLessThanOrEqual(Number(limit))
  })
})
