import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import * as z from 'zod'
import { buildOpenApi } from '../../../shared/contract/openapi.ts'
import { type Route, takesBody } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'
import { resolver, Schema, valid } from '../../support/arbitrary.ts'
import { mutants } from '../../support/arbitrary-mutations.ts'

const document = buildOpenApi()
const resolve = resolver(document)
const ajv = new Ajv2020({ strict: false })
formats.default(ajv)
ajv.addSchema({ $id: 'api', ...document })

const Described = z.object({ requestBody: z.object({ content: z.record(z.string(), z.object({ schema: Schema })) }) })
const bodies = Object.values<Route>(ROUTES)
  .filter(takesBody)
  .map((route) => {
    const operation = Object.values(document.paths?.[route.path] ?? {}).find((each) => each?.operationId === route.operationId)
    const [schema = {}] = Object.values(Described.parse(operation).requestBody.content).map((content) => content.schema)
    const described = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"api#')))
    return [route.operationId, { route, schema, described }] as const
  })

/** What JSON schema cannot say: half of a surrogate pair, what nobody sees, days that there are not, what depends on another field. */
const sayable = (error: z.ZodError | undefined): boolean => error?.issues.some(({ code }) => code !== 'custom') ?? false

describe('the body of', () => {
  it.each(bodies)('%s is taken by us as the description says', (_name, { route, schema, described }) => {
    fc.assert(
      fc.property(valid(schema, resolve), (body) => {
        const parsed = route.body.safeParse(body)
        expect({ we: parsed.error?.issues, they: described(body) }).toEqual({ we: undefined, they: true })
        // What was taken is taken again, as it is.
        expect(route.body.parse(JSON.parse(JSON.stringify(parsed.data)))).toEqual(parsed.data)
      }),
    )
  })

  it.each(bodies)(
    '%s is refused by us where the description refuses it, and the other way round',
    (_name, { route, schema, described }) => {
      fc.assert(
        fc.property(mutants(schema, resolve), ({ value }) => {
          const { success, error } = route.body.safeParse(value)
          const taken = described(value)
          if (!taken) expect(success).toBe(false)
          if (sayable(error)) expect(taken).toBe(false)
        }),
        { numRuns: 300 },
      )
    },
  )
})
