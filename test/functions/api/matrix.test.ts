import { ERRORS } from '../../../shared/contract/errors.ts'
import type { Example } from '../../../shared/contract/examples/example.ts'
import { EXAMPLES } from '../../../shared/contract/examples.ts'
import { type Route, reads } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'
import { type Api, givenApi } from './given.ts'
import { givenWorld, pathWith, type World } from './given-world.ts'
import { type Access, MATRIX } from './matrix.ts'
import { type Caller, givenCallers } from './matrix-callers.ts'

const clock = { offset: 0, now: () => Date.now() + clock.offset, sleep: async () => {} }
const examples: Readonly<Record<string, Example>> = EXAMPLES
const routes: Readonly<Record<string, Route>> = ROUTES
const rows = Object.entries<Access>(MATRIX).flatMap(([name, access]) => {
  const route = routes[name]
  return route ? [[name, access, route] as const] : []
})

let api: Api
let owner: World
let callers: Caller[]
beforeAll(async () => {
  api = await givenApi({ clock })
  owner = await givenWorld(api)
  callers = await givenCallers(api, clock)
})
afterAll(() => api.stop())

/** All but how often somebody asked, and that they did. */
const kept = async () => (await api.kept()).map(({ last_used_at: _, ...item }) => item)

/** One that would be taken, but for a parameter that no route knows: whoever is let in is told of that, and nothing happens. */
async function ask({ method, path, operationId }: Route, { authorization }: Caller) {
  const { body } = examples[operationId] ?? {}
  const { status, text } = await api.send(method, pathWith(path, { code: 'not_found', ...owner.ids }), {
    headers: authorization === undefined ? {} : { authorization },
    query: { unheard_of: '1' },
    ...(body ? { body } : {}),
  })
  return { status, code: JSON.parse(text).code }
}

describe('the route', () => {
  it.each(rows)('%s lets in who may, and tells everybody else why not', async (_name, access, route) => {
    const before = await kept()
    const seen: Record<string, unknown> = {}
    const wanted: Record<string, unknown> = {}
    for (const caller of callers) {
      const outcome = caller.expected(access)
      const code = outcome === 'admitted' ? 'unknown_field' : outcome
      seen[caller.name] = await ask(route, caller)
      wanted[caller.name] = { status: ERRORS[code].status, code }
    }
    expect(seen).toEqual(wanted)
    expect(await kept()).toEqual(before)
  })

  it.each(rows)('%s is described as it is guarded', (_name, { changes, ...access }, route) => {
    expect({ scope: route.scope, platformToo: route.platformToo }).toEqual(access)
    if (route.scope !== 'public' && route.scope !== 'platform') expect(!reads(route)).toBe(changes)
  })
})
