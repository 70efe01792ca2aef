import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import * as z from 'zod'
import { closed, closedInside } from './closed-schema.ts'

/** An answer as it came over the wire; header names in lower case. */
export interface Answered {
  status: number
  headers: Record<string, string>
  text: string
}
/** Says how an answer departs from the description; nothing when it does not. */
export type Conforms = (method: string, path: string, answer: Answered) => string | undefined

const Named = z.record(z.string(), z.looseObject({ $ref: z.string().optional(), required: z.boolean().optional() }))
const Response = z.looseObject({
  headers: Named.default({}),
  content: z.record(z.string(), z.looseObject({ schema: z.looseObject({}) })).optional(),
})
const Operation = z.looseObject({ operationId: z.string(), responses: z.record(z.string(), Response) })
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ headers: Named, schemas: z.record(z.string(), z.unknown()) }),
})
type Response = z.infer<typeof Response>

const VERBS: Partial<Record<string, string>> = { GET: 'get', HEAD: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' }
const PROBLEM = 'application/problem+json'
const ALWAYS = ['x-request-id', 'cache-control']
/** Of HTTP itself and of the gateway. */
const UNDESCRIBED = new Set([
  ...['allow', 'vary', 'content-encoding'],
  ...['content-type', 'content-length', 'connection', 'date', 'keep-alive', 'apigw-requestid'],
])

const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`)
const variables = (template: string): number => template.split('{').length

function headerProblem(headers: Record<string, string>, documented: Response | undefined, described: z.infer<typeof Named>) {
  const required = Object.keys(documented?.headers ?? {}).filter((name) => described[name]?.required)
  const missing = [...ALWAYS, ...required].find((name) => headers[name.toLowerCase()] === undefined)
  if (missing) return `has no ${missing}`
  const known = new Set(Object.keys(described).map((name) => name.toLowerCase()))
  const unknown = Object.keys(headers).find((name) => !known.has(name) && !UNDESCRIBED.has(name))
  return unknown ? `has the header ${unknown}, which is nowhere described` : undefined
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/**
 * Holds answers against an OpenAPI document: status, content type, headers, and a body in which nothing is undocumented. A
 * problem may have members of its own.
 */
export function conformance(openApi: object): Conforms {
  const document = Document.parse(openApi)
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  const schemas = Object.fromEntries(Object.entries(document.components.schemas).map(([name, schema]) => [name, closedInside(schema)]))
  ajv.addSchema({ $id: 'api', components: { schemas } })
  const validators = new Map<object, ValidateFunction>()
  const templates = Object.keys(document.paths)
    .sort((a, b) => variables(a) - variables(b))
    .map((template) => ({ template, pattern: patternOf(template) }))
  const empty = { headers: {} }
  const problem = { content: { [PROBLEM]: { schema: { $ref: '#/components/schemas/Problem' } } }, headers: {} }

  function bodyProblem({ content }: Response, { headers, text }: Answered): string | undefined {
    if (!content) return text === '' ? undefined : `has a body where none is documented: ${text.slice(0, 200)}`
    const type = headers['content-type'] ?? ''
    const schema = content[type]?.schema
    if (!schema) return `has the undocumented type ${type}`
    const body = parsed(text)
    if (!body) return `is not JSON: ${text.slice(0, 200)}`
    const validate = validators.get(schema) ?? ajv.compile(type === PROBLEM ? closedInside(schema, 'api') : closed(schema, 'api'))
    validators.set(schema, validate)
    return validate(body.value) ? undefined : ajv.errorsText(validate.errors)
  }

  function documentedAnswer(method: string, path: string, status: number): Response | undefined {
    const found = templates.filter(({ pattern }) => pattern.test(path.replace(/\?.*$/, '')))
    if (method === 'OPTIONS' && found.length > 0 && status === 204) return empty
    const operation = found
      .map(({ template }) => document.paths[template]?.[VERBS[method] ?? ''])
      .find((candidate) => candidate !== undefined)
    if (operation) return operation.responses[String(status)]
    return status === (found.length > 0 ? 405 : 404) ? problem : undefined
  }

  return (method, path, answer) => {
    const documented = documentedAnswer(method, path, answer.status)
    const said = () => {
      if (!documented) return `is not documented: ${answer.text.slice(0, 200)}`
      const body = method === 'HEAD' ? (answer.text === '' ? undefined : 'has a body') : bodyProblem(documented, answer)
      return body ?? headerProblem(answer.headers, documented, document.components.headers)
    }
    const wrong = said()
    return wrong === undefined ? undefined : `${method} ${path} ${answer.status} ${wrong}`
  }
}
