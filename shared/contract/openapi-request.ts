import type { RouteConfig } from '@asteasolutions/zod-to-openapi'
import * as z from 'zod'
import type { Example } from './examples/example.ts'
import { bodyTypes, mayOmitBody, type Route, takesBody } from './route.ts'

const REQUEST_HEADERS = {
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'The same key with the same request gets the stored answer, for 24 hours. Bare or quoted.' }),
  'If-Match': z.string().optional().meta({ description: 'An ETag: nothing is changed unless it is still that of what is to be changed' }),
  Prefer: z.string().optional().meta({ description: '`wait=N`: the answer may take up to N seconds, until the operation has ended' }),
}

const requestHeaders = (route: Route) =>
  z.object({
    ...(route.idempotent ? { 'Idempotency-Key': REQUEST_HEADERS['Idempotency-Key'] } : {}),
    ...(route.conditional ? { 'If-Match': REQUEST_HEADERS['If-Match'] } : {}),
    ...(route.waits ? { Prefer: REQUEST_HEADERS.Prefer } : {}),
  })

/** Parameters are sent as text, whatever they mean. */
const shown = (field: z.ZodType, example: unknown): unknown => (field.meta()?.type === 'integer' ? Number(example) : example)

/** The fields of a schema, each with its value of the example. */
function shownWith(schema: z.ZodType, example: Readonly<Record<string, unknown>> = {}) {
  const fields = Object.entries(schema instanceof z.ZodObject ? schema.shape : {}).map(([name, field]): [string, z.ZodType] => [
    name,
    example[name] === undefined ? field : field.meta({ ...field.meta(), examples: [shown(field, example[name])] }),
  ])
  return fields.length > 0 ? z.object(Object.fromEntries(fields)) : undefined
}

const bodyOf = (route: Route, { body }: Example) => ({
  required: !mayOmitBody(route),
  content: Object.fromEntries(bodyTypes(route).map((type) => [type, { schema: route.body, example: body }])),
})

/** What a request to the route holds, with an example of it. */
export function requestOf(route: Route, example: Example): NonNullable<RouteConfig['request']> {
  const params = shownWith(route.params, example.params)
  const query = shownWith(route.query, example.query)
  const headers = shownWith(requestHeaders(route), example.headers)
  return {
    ...(params ? { params } : {}),
    ...(query ? { query } : {}),
    ...(headers ? { headers } : {}),
    ...(takesBody(route) ? { body: bodyOf(route, example) } : {}),
  }
}
