import fc from 'fast-check'
import * as z from 'zod'
import { buildOpenApi } from '../../../shared/contract/openapi.ts'
import { type Route, takesBody } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'
import { PLATFORM, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { rateOf, setRate } from '../../../shared/tenants/rate-record.ts'
import { resolver, Schema } from '../../support/arbitrary.ts'
import { mutants } from '../../support/arbitrary-mutations.ts'
import { type Api, givenApi } from './given.ts'
import { givenWorld, pathWith, type World } from './given-world.ts'

const RUNS = 40
const document = buildOpenApi()
const resolve = resolver(document)
const Described = z.object({ requestBody: z.object({ content: z.record(z.string(), z.object({ schema: Schema })) }) })
const Problem = z.object({ code: z.string(), errors: z.array(z.object({ in: z.string(), pointer: z.string(), code: z.string() })) })

const rows = Object.values<Route>(ROUTES)
  .filter(takesBody)
  .map((route) => {
    const operation = Object.values(document.paths?.[route.path] ?? {}).find((each) => each?.operationId === route.operationId)
    const [content] = Object.values(Described.parse(operation).requestBody.content)
    return [route.operationId, route, content?.schema ?? {}] as const
  })

let api: Api
let world: World
beforeAll(async () => {
  api = await givenApi()
  world = await givenWorld(api)
  for (const tenant of [PLATFORM, tenantId(world.id)]) await tableFor(api.deps, tenant).transact([setRate(rateOf(10_000))])
})
afterAll(() => api.stop())

const steps = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))

/** What a JSON pointer leads to; nothing where it leads nowhere. */
const found = (body: unknown, path: string[]): { value: unknown } | undefined =>
  path.reduce<{ value: unknown } | undefined>(
    (at, step) => {
      const inside = at?.value
      return typeof inside === 'object' && inside !== null && Object.hasOwn(inside, step) ? { value: Reflect.get(inside, step) } : undefined
    },
    { value: body },
  )

/** A field that is missing is pointed at in what it is missing from. */
const pointsInto = (body: unknown, pointer: string, code: string): boolean =>
  found(body, code === 'missing_field' ? steps(pointer).slice(0, -1) : steps(pointer)) !== undefined

describe('a body that is wrong in one place', () => {
  it.each(rows)('is refused by %s with a pointer to it', async (_name, route, schema) => {
    const path = pathWith(route.path, world.ids)
    const key = route.scope === 'platform' ? api.platformKey : world.key
    const wrong = mutants(schema, resolve).filter(({ value }) => !route.body.safeParse(value).success)
    await fc.assert(
      fc.asyncProperty(wrong, async ({ value }) => {
        const { status, body } = await api.send(route.method, path, { key, body: JSON.stringify(value) })
        expect([400, 413, 422]).toContain(status)
        const { errors } = status === 413 ? { errors: [] } : Problem.parse(body)
        for (const error of errors) {
          expect(error.in).toBe('body')
          expect({ ...error, leads: pointsInto(value, error.pointer, error.code) }).toEqual({ ...error, leads: true })
        }
      }),
      { numRuns: RUNS },
    )
  })
})
