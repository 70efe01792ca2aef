import type { Example } from '../../../shared/contract/examples/example.ts'
import { EXAMPLES } from '../../../shared/contract/examples.ts'
import type { Route } from '../../../shared/contract/route.ts'
import { type OperationId, ROUTES } from '../../../shared/contract/routes.ts'
import { type Api, givenApi, givenCluster } from './given.ts'
import { givenWorld, pathWith, type World } from './given-world.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

type Arrange = (world: World) => Promise<unknown>
/** What must be so before an example can be taken, beyond what every world has. */
const ARRANGED = {
  resumeTenant: ({ id }) => api.send('POST', `/v1/tenants/${id}/suspend`, { key: api.platformKey, body: {} }),
  enableWebhook: ({ ids, key }) => api.send('POST', `/v1/webhooks/${ids.webhook_id}/disable`, { key }),
  cancelOperation: async (world) => {
    const { id, operation } = await givenCluster(api, world.key)
    Object.assign(world.ids, { cluster_id: id, operation_id: operation })
  },
} satisfies Partial<Record<OperationId, Arrange>>
const before: Readonly<Record<string, Arrange>> = ARRANGED
const examples: Readonly<Record<string, Example>> = EXAMPLES

/** Ids of examples stand for those that the world has. */
const real = (values: Readonly<Record<string, string | undefined>> = {}, ids: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, ids[name] ?? value]])))
const lowerCase = (headers: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

function keyFor(route: Route, world: World): { key?: string } {
  if (route.scope === 'public') return {}
  return { key: route.scope === 'platform' ? api.platformKey : world.key }
}

describe('the example of', () => {
  it.each(Object.values(ROUTES).map((route) => [route.operationId, route] as const))(
    '%s does what its route is for',
    async (name, route) => {
      const world = await givenWorld(api)
      await before[name]?.(world)
      const { params, query, headers, body } = examples[name] ?? {}
      const reply = await api.send(route.method, pathWith(route.path, real(params, world.ids)), {
        ...keyFor(route, world),
        headers: lowerCase(headers),
        query: real(query, world.ids),
        ...(body ? { body } : {}),
      })
      expect({ status: reply.status, problem: reply.status === route.status ? '' : reply.text }).toEqual({
        status: route.status,
        problem: '',
      })
    },
  )
})
