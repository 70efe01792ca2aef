import type { Example } from '../../../shared/contract/examples/example.ts'
import { EXAMPLES } from '../../../shared/contract/examples.ts'
import type { Route } from '../../../shared/contract/route.ts'
import type { OperationId } from '../../../shared/contract/routes.ts'
import { type Api, givenCluster, type Reply } from './given.ts'
import { givenWorld, pathWith, type World } from './given-world.ts'

type Arrange = (api: Api, world: World) => Promise<unknown>
/** What must be so before an example can be taken, beyond what every world has. */
const ARRANGED = {
  resumeTenant: (api, { id }) => api.send('POST', `/v1/tenants/${id}/suspend`, { key: api.platformKey, body: {} }),
  enableWebhook: (api, { ids, key }) => api.send('POST', `/v1/webhooks/${ids.webhook_id}/disable`, { key }),
  cancelOperation: async (api, world) => {
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

function keyFor({ scope }: Route, api: Api, world: World): { key?: string } {
  if (scope === 'public') return {}
  return { key: scope === 'platform' ? api.platformKey : world.key }
}

/** The example of a route in a world of its own, to be sent any number of times, with these headers beside its own. */
export async function givenExample(api: Api, route: Route): Promise<(headers?: Record<string, string>) => Promise<Reply>> {
  const world = await givenWorld(api)
  await before[route.operationId]?.(api, world)
  const { params, query, headers, body } = examples[route.operationId] ?? {}
  return (more = {}) =>
    api.send(route.method, pathWith(route.path, real(params, world.ids)), {
      ...keyFor(route, api, world),
      headers: { ...lowerCase(headers), ...more },
      query: real(query, world.ids),
      ...(body ? { body } : {}),
    })
}
