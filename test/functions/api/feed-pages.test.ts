import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import fc from 'fast-check'
import * as z from 'zod'
import { sk, tenantId, tenantKey } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type Api, givenApi } from './given.ts'
import { givenWorld } from './given-world.ts'

let api: Api
let now = Date.now()
const clock = { now: () => (now += 100), sleep: async () => {} }
beforeAll(async () => {
  api = await givenApi({ clock })
})
afterAll(() => api.stop())

const Page = z.object({ items: z.array(z.object({ position: z.int() })), next_cursor: z.string().optional() })

/** The feed of a tenant of its own, which can grow at its end and expire at its beginning. */
async function givenFeed() {
  const { id, key } = await givenWorld(api)
  const [tenant, TableName] = [tenantId(id), api.deps.tableName]
  const original = z
    .looseObject({ position: z.int() })
    .parse((await tableFor(api.deps, tenant).query({ prefix: sk.feedEntries })).items.at(-1))
  let [first, last] = [1, original.position]
  return {
    bounds: () => [first, last] as const,
    grow: async () => {
      last += 1
      const Item = { ...original, ...tenantKey(tenant, sk.feedEntry(last)), position: last }
      await api.dynamo.documents.send(new PutCommand({ TableName, Item }))
    },
    expire: async () => {
      await api.dynamo.documents.send(new DeleteCommand({ TableName, Key: tenantKey(tenant, sk.feedEntry(first)) }))
      first += 1
    },
    read: async (limit: number, cursor?: string) => {
      const query = { limit: String(limit), ...(cursor === undefined ? {} : { cursor }) }
      const { items, next_cursor } = Page.parse((await api.send('GET', '/v1/events', { key, query })).body)
      return { positions: items.map(({ position }) => position), next: next_cursor }
    },
  }
}

describe('a reader of the feed', () => {
  it('is given every event once and in order, however the feed grows and expires behind it', async () => {
    const feed = await givenFeed()
    const steps = fc.array(fc.record({ grows: fc.nat({ max: 5 }), limit: fc.integer({ min: 1, max: 4 }), expires: fc.boolean() }), {
      maxLength: 15,
    })
    await fc.assert(
      fc.asyncProperty(steps, async (turns) => {
        const [first] = feed.bounds()
        const seen: number[] = []
        let cursor: string | undefined
        for (const { grows, limit, expires } of turns) {
          for (let i = 0; i < grows; i += 1) await feed.grow()
          const { positions, next } = await feed.read(limit, cursor)
          // Only a page that has events says where to go on: a reader at the end asks again as it did.
          expect(next === undefined).toBe(positions.length === 0)
          seen.push(...positions)
          cursor = next ?? cursor
          const read = seen.at(-1)
          if (expires && read !== undefined && feed.bounds()[0] <= read) await feed.expire()
        }
        expect(seen).toEqual(seen.map((_, i) => first + i))
      }),
      { numRuns: 10 },
    )
  }, 60_000)
})
