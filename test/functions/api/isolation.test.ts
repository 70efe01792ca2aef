import type { Example } from '../../../shared/contract/examples/example.ts'
import { EXAMPLES } from '../../../shared/contract/examples.ts'
import type { Route } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'
import { type Api, givenApi } from './given.ts'
import { givenWorld, pathWith, type World } from './given-world.ts'

const rows = Object.values<Route>(ROUTES).filter((route) => route.scope !== 'public' && route.scope !== 'platform')
const examples: Readonly<Record<string, Example>> = EXAMPLES

let api: Api
let owner: World
let stranger: World
beforeAll(async () => {
  api = await givenApi()
  owner = await givenWorld(api, { name: 'secret ring' })
})
beforeEach(async () => {
  stranger = await givenWorld(api)
})
afterAll(() => api.stop())

const owned = async () => (await api.items()).filter((item) => item.pk === `T#${owner.id}` || item.tenant_id === owner.id)
const withoutIds = (text: string, ids: string[]): string => ids.reduce((left, id) => left.replaceAll(id, ''), text)

/** Every way to fill the path of which at least one id is the owner's. */
function foreignPaths({ path }: Route): string[] {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name)
  const ways = Array.from({ length: 2 ** names.length - 1 }, (_, way) => names.filter((_name, i) => !((way >> i) & 1)))
  return ways.map((foreign) =>
    pathWith(path, { ...stranger.ids, ...Object.fromEntries(foreign.map((name) => [name, owner.ids[name] ?? ''])) }),
  )
}

describe('a stranger', () => {
  it.each(rows.map((route) => [route.operationId, route] as const))('learns and changes nothing by %s', async (name, route) => {
    const before = await owned()
    const { body } = examples[name] ?? {}
    const paths = foreignPaths(route)
    for (const path of paths.length > 0 ? paths : [route.path]) {
      const reply = await api.send(route.method, path, { key: stranger.key, ...(body ? { body } : {}) })
      if (paths.length > 0) expect(reply.body).toMatchObject({ status: 404, code: 'not_found' })
      else expect(reply.status).toBeLessThan(300)
      // A refusal repeats the ids that were asked for, and knows no more.
      const told = withoutIds(
        reply.text,
        Object.values(owner.ids).filter((id) => path.includes(id)),
      )
      for (const secret of [...Object.values(owner.ids), ...owner.secrets, 'secret ring']) expect(told).not.toContain(secret)
    }
    expect(await owned()).toEqual(before)
  })

  it.each(rows.filter(({ path }) => path.includes('{')).map((route) => [route.operationId, route] as const))(
    'cannot tell by %s what another has from what nobody has',
    async (name, route) => {
      const { body } = examples[name] ?? {}
      const nobodys = Object.fromEntries(Object.entries(owner.ids).map(([param, id]) => [param, `${id.slice(0, -6)}zzzzzz`]))
      const ask = async (ids: Record<string, string>) => {
        const { status, text, headers } = await api.send(route.method, pathWith(route.path, ids), {
          key: stranger.key,
          ...(body ? { body } : {}),
        })
        return { status, text: withoutIds(text, [...Object.values(ids), headers['x-request-id'] ?? '']), headers: Object.keys(headers) }
      }
      const [foreign, none] = [await ask(owner.ids), await ask(nobodys)]
      expect(foreign).toEqual(none)
    },
  )

  it('finds nothing by a filter on a foreign cluster', async () => {
    const { body } = await api.send('GET', '/v1/operations', { key: stranger.key, query: { cluster_id: owner.ids.cluster_id ?? '' } })
    expect(body).toEqual({ items: [] })
  })
})
