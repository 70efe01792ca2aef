import * as z from 'zod'
import { ERRORS } from '../errors.ts'
import { buildOpenApi } from '../openapi.ts'

interface Shape {
  $ref?: string | undefined
  type?: string | string[] | undefined
  enum?: unknown[] | undefined
  format?: string | undefined
  oneOf?: Shape[] | undefined
  anyOf?: Shape[] | undefined
  allOf?: Shape[] | undefined
  items?: Shape | undefined
  properties?: Record<string, Shape> | undefined
  required?: string[] | undefined
  additionalProperties?: boolean | Shape | undefined
}
const Shape: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    format: z.string().optional(),
    oneOf: z.array(Shape).optional(),
    anyOf: z.array(Shape).optional(),
    allOf: z.array(Shape).optional(),
    items: Shape.optional(),
    properties: z.record(z.string(), Shape).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), Shape]).optional(),
  }),
)
const Content = z.record(z.string(), z.object({ schema: Shape }))
const Operation = z.object({
  operationId: z.string(),
  description: z.string().optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: Shape })).default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.object({ content: Content.optional(), headers: z.record(z.string(), z.unknown()).default({}) })),
})
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  webhooks: z.record(z.string(), z.unknown()),
  components: z.object({ schemas: z.record(z.string(), Shape) }),
})

/** One type in one line: `Cluster`, `string date-time`, `a | b`, `{name, labels?}`, `[Node]`. */
function line(shape: Shape): string {
  if (shape.$ref !== undefined) return shape.$ref.replace('#/components/schemas/', '')
  if (shape.enum) return shape.enum.map(String).join(' | ')
  if (shape.allOf) return shape.allOf.map(line).join(' & ')
  const either = shape.oneOf ?? shape.anyOf
  if (either) return either.map(line).join(' | ')
  if (shape.items) return `[${line(shape.items)}]`
  if (shape.properties) return `{${fields(shape).join(', ')}}`
  if (typeof shape.additionalProperties === 'object') return `{*: ${line(shape.additionalProperties)}}`
  return [[shape.type ?? 'anything'].flat().join(' | '), shape.format ?? ''].join(' ').trim()
}

const fields = ({ properties = {}, required = [] }: Shape): string[] =>
  Object.entries(properties).map(([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${line(field)}`)

/** Of every answer, or of every one to somebody. */
const USUAL = new Set(['X-Request-Id', 'Cache-Control', 'RateLimit', 'RateLimit-Policy'])

const indented = (lines: string[]): string[] => lines.map((text) => `  ${text}`)

function component(name: string, shape: Shape): string[] {
  const parts = shape.oneOf ?? shape.allOf ?? [shape]
  return [
    name,
    ...indented(
      parts.flatMap((part, i) => [...(i > 0 ? [shape.oneOf ? 'or' : 'and'] : []), ...(part.properties ? fields(part) : [line(part)])]),
    ),
  ]
}

function operation(
  method: string,
  path: string,
  { operationId, description, parameters, requestBody, responses }: z.infer<typeof Operation>,
): string[] {
  const asked = parameters.map(({ in: where, name, required, schema }) => `${where} ${name}${required ? '' : '?'}: ${line(schema)}`)
  const bodies = Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => `body ${type}: ${line(schema)}`)
  const answers = Object.entries(responses).flatMap(([status, { content = {}, headers }]) => {
    if (status >= '400') return []
    const types = Object.values(content).map(({ schema }) => line(schema))
    const own = Object.keys(headers).filter((name) => !USUAL.has(name))
    return [[`${status} ${types.join(' | ') || 'nothing'}`, ...own].join('; ')]
  })
  const problems = Object.keys(responses).filter((status) => status >= '400')
  const scope = /`(\w+)`/.exec(description ?? '')?.[1] ?? 'public'
  return [
    `${method.toUpperCase()} ${path} ${operationId} (${scope})`,
    ...indented([...asked, ...bodies, ...answers, `refused ${problems.join(' ')}`]),
  ]
}

/** All that clients may rely on, a line for each thing, so that a change of it is read in a review: docs/surface.txt. */
export function surface(): string {
  const { paths, webhooks, components } = Document.parse(buildOpenApi())
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => operation(method, path, each)),
  )
  const blocks = [
    ...routes,
    ['webhooks', ...indented(Object.keys(webhooks))],
    [
      'error codes',
      ...indented(Object.entries(ERRORS).map(([code, { status, retryable }]) => `${code} ${status}${retryable ? ' retryable' : ''}`)),
    ],
    ...Object.entries(components.schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, shape]) => component(name, shape)),
  ]
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`
}
