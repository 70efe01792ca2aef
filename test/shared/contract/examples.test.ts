import type { Example } from '../../../shared/contract/examples/example.ts'
import { EXAMPLES } from '../../../shared/contract/examples.ts'
import { type Route, takesBody } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'

const examples: Readonly<Record<string, Example>> = EXAMPLES
const rows = Object.values<Route>(ROUTES).map((route) => [route.operationId, route] as const)

describe('the example of', () => {
  it.each(rows)('%s is one that its row takes', (name, route) => {
    const { params = {}, query = {}, body = {} } = examples[name] ?? {}
    expect(route.params.safeParse(params).error).toBeUndefined()
    expect(route.query.safeParse(query).error).toBeUndefined()
    expect(route.body.safeParse(body).error).toBeUndefined()
  })

  it.each(rows)('%s has a body where one is taken', (name, route) => {
    expect(examples[name]?.body !== undefined).toBe(takesBody(route))
  })
})
