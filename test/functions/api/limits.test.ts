import { PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { Gateway } from '../../../local/gateway/gateway.ts'
import { givenGateway, LAMBDA_BYTES } from './behind-gateway.ts'
import { type Api, givenApi, givenCluster, givenEvent, SMALL } from './given.ts'
import { itemsOf } from './given-world.ts'

let api: Api
let gateway: Gateway
let tenant: { id: string; key: string }
beforeAll(async () => {
  api = await givenApi()
  gateway = await givenGateway(api)
  tenant = await api.tenant()
})
afterAll(async () => {
  await gateway.stop()
  await api.stop()
})

async function post(body: string | Uint8Array<ArrayBuffer>, type = 'application/json') {
  const headers = { authorization: `Bearer ${tenant.key}`, 'content-type': type }
  const response = await fetch(`${gateway.url}/v1/clusters`, { method: 'POST', headers, body })
  return { status: response.status, type: response.headers.get('content-type'), body: JSON.parse(await response.text()) }
}
const MIB = 1024 * 1024

describe('a request', () => {
  const padded = (bytes: number) => JSON.stringify(SMALL) + ' '.repeat(bytes - JSON.stringify(SMALL).length)

  it('may have a body of 256 KiB, counted in bytes, and no more', async () => {
    expect((await post(padded(256 * 1024))).status).toBe(202)
    const tooLarge = {
      status: 413,
      type: 'application/problem+json',
      body: { code: 'body_too_large', detail: 'The body has 262145 bytes; at most 262144 are taken' },
    }
    expect(await post(padded(256 * 1024 + 1))).toMatchObject(tooLarge)
    expect(await post(`${padded(256 * 1024 - 1)}é`)).toMatchObject(tooLarge)
  })

  it('of some megabytes is refused by us while it fits a function, and by the gateway past that', async () => {
    expect(await post(padded(5 * MIB))).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
    expect(await post(padded(7 * MIB))).toMatchObject({ status: 413, body: { message: 'Request Entity Too Large' } })
    expect(await post(padded(11 * MIB))).toMatchObject({ status: 413, body: { message: 'Request Entity Too Large' } })
  })

  it('that the gateway holds for binary grows by a third on its way', async () => {
    const bytes = (count: number) => new Uint8Array(count).fill(32)
    expect(await post(bytes(4 * MIB), 'application/octet-stream')).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
    expect(await post(bytes(5 * MIB), 'application/octet-stream')).toMatchObject({
      status: 413,
      body: { message: 'Request Entity Too Large' },
    })
  })
})

describe('an answer', () => {
  it.each([
    ['of four bytes each', '\u{1f600}'],
    ['that are escaped twice', '"'],
    ['of three bytes each', '語'],
  ])(
    'never grows past what a function may answer, though every cluster has all the labels it may, of characters %s',
    async (_what, character) => {
      const full = await api.tenant()
      await givenCluster(api, full.key)
      const [original] = await itemsOf(api, full.id, 'CLUSTER#')
      const name = '語'.repeat(60)
      const labels = Object.fromEntries(
        Array.from({ length: 32 }, (_, i) => [`${name}${String(i).padStart(3, '0')}`, character.repeat(255)]),
      )
      const ids = Array.from({ length: 101 }, (_, i) => `clu_${String(i).padStart(26, '0')}`)
      for (const id of ids) {
        const Item = { ...z.looseObject({}).parse(original), id, sk: `CLUSTER#${id}`, labels }
        await api.dynamo.documents.send(new PutCommand({ TableName: api.deps.tableName, Item }))
      }
      const { createHandler } = await import('../../../functions/api.ts')
      const handler = createHandler(api.deps)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const query = { limit: '100', ...(cursor === undefined ? {} : { cursor }) }
        const answer = await handler(givenEvent('GET', '/v1/clusters', { key: full.key, query }), JSON.parse('{}'))
        expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(LAMBDA_BYTES)
        const text = 'status' in answer ? '' : (answer.body ?? '')
        const page = z.object({ items: z.array(z.object({ id: z.string() })), next_cursor: z.string().optional() }).parse(JSON.parse(text))
        seen.push(...page.items.map((item) => item.id))
        cursor = page.next_cursor
      } while (cursor !== undefined)
      expect(seen.toSorted()).toEqual([...ids, String(original?.id)].toSorted())
    },
    60_000,
  )
})
