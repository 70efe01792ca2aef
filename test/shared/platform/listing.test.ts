import fc from 'fast-check'
import * as z from 'zod'
import { readPage } from '../../../shared/platform/listing.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'

let dynamo: GivenDynamo
beforeAll(async () => {
  dynamo = await givenDynamo()
})
afterAll(() => dynamo.stop())

const Item = z.object({ n: z.int(), shown: z.boolean() })
let tenants = 0

/** Every page of a list, as a client reads it. */
async function pages(shown: boolean[], limit: number, newestFirst: boolean): Promise<number[][]> {
  tenants += 1
  const table = tableFor(tableOver(dynamo.documents), tenantId(`t${tenants}`))
  for (const [n, visible] of shown.entries()) await table.put(`X#${String(n).padStart(4, '0')}`, { n, shown: visible })
  await table.put('W#before', { n: -1, shown: true })
  await table.put('Y#after', { n: -1, shown: true })
  const read: number[][] = []
  let after: string | undefined
  do {
    const page = await readPage(table, { prefix: 'X#', newestFirst }, { limit, ...(after === undefined ? {} : { after }) }, (item) => {
      const parsed = Item.parse(item)
      return parsed.shown ? parsed.n : undefined
    })
    read.push(page.items)
    after = page.next
  } while (after !== undefined)
  return read
}

describe('a list', () => {
  it('shows every item once, in order, in full pages, and ends', async () => {
    const visible = fc.array(fc.boolean(), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(visible, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (shown, limit, newestFirst) => {
        const wanted = shown.flatMap((is, n) => (is ? [n] : []))
        const read = await pages(shown, limit, newestFirst)
        expect(read.flat()).toEqual(newestFirst ? wanted.reverse() : wanted)
        for (const page of read.slice(0, -1)) expect(page).toHaveLength(limit)
      }),
      { numRuns: 30 },
    )
  })

  it('comes to its end past more hidden items than one look reads', async () => {
    expect((await pages([...Array(130).fill(false), true], 1, false)).flat()).toEqual([130])
  })
})
