import type { Route } from '../../../shared/contract/route.ts'
import { reads } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'
import { type Api, givenApi } from './given.ts'
import { givenExample } from './given-example.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

const rows = Object.values<Route>(ROUTES).map((route) => [route.operationId, route] as const)

describe('the example of', () => {
  it.each(rows)('%s does what its route is for', async (_name, route) => {
    const send = await givenExample(api, route)
    const reply = await send()
    expect({ status: reply.status, problem: reply.status === route.status ? '' : reply.text }).toEqual({
      status: route.status,
      problem: '',
    })
  })
})

/** What they make is shown once, also to the same request. */
const SHOWN_ONCE = new Set(['createKey', 'rotateKey', 'createTenantKey', 'rotateTenantKey'])

describe('the example of a change that is sent twice with one Idempotency-Key', () => {
  it.each(rows.filter(([, route]) => !reads(route)))('%s happens once, and is answered as it was', async (name, route) => {
    const send = await givenExample(api, route)
    const once = { 'idempotency-key': `twice-${name}` }
    const first = await send(once)
    expect(first.status).toBe(route.status)
    const kept = await api.kept()
    const again = await send(once)
    if (SHOWN_ONCE.has(name)) expect(again.body).toMatchObject({ status: 409, code: 'secret_shown_once' })
    else expect(again).toMatchObject({ status: first.status, text: first.text, headers: { 'idempotent-replayed': 'true' } })
    expect(await api.kept()).toEqual(kept)
  })
})
