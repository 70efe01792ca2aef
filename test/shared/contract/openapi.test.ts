import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { PUSHED_TYPES } from '../../../shared/contract/event.ts'
import { buildOpenApi, openApiText } from '../../../shared/contract/openapi.ts'
import type { Route } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'

const require = createRequire(import.meta.url)
const directory = mkdtempSync(join(tmpdir(), 'ringhold-openapi-'))
afterAll(() => rmSync(directory, { recursive: true }))

const Operation = z.object({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  responses: z.record(
    z.string(),
    z.looseObject({ headers: z.record(z.string(), z.unknown()), content: z.record(z.string(), z.unknown()).optional() }),
  ),
})
const ROWS: Route[] = Object.values(ROUTES)
const operations = Object.values(buildOpenApi().paths ?? {}).flatMap((path) =>
  Object.values(path).map((operation) => Operation.parse(operation)),
)

describe('the OpenAPI document', () => {
  it('is one that Redocly has nothing to say about', () => {
    const file = join(directory, 'openapi.json')
    writeFileSync(file, openApiText())
    const lint = [require.resolve('@redocly/cli/bin/cli.js'), 'lint', file, '--format=json']
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    const { totals } = JSON.parse(
      execFileSync(process.execPath, lint, { cwd: directory, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
    expect(totals).toEqual({ errors: 0, warnings: 0, ignored: 0 })
  })

  it('has every route once', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(ROUTES).sort())
  })

  it('describes every event that a webhook may be told of', () => {
    const { webhooks = {} } = buildOpenApi()
    expect(Object.keys(webhooks)).toEqual([...PUSHED_TYPES])
    expect(webhooks['cluster.ready']).toMatchObject({ post: { operationId: 'onClusterReady', security: [] } })
  })

  it('promises a request id on every answer, and a problem for every refusal', () => {
    for (const { operationId, responses } of operations) {
      for (const [status, { headers, content }] of Object.entries(responses)) {
        expect({ operationId, status, headers: Object.keys(headers) }).toMatchObject({ headers: expect.arrayContaining(['X-Request-Id']) })
        if (status >= '400') expect(Object.keys(content ?? {})).toEqual(['application/problem+json'])
      }
    }
  })

  it('asks for a key but where anybody may call', () => {
    for (const { operationId, security } of operations) {
      const route = Object.values(ROUTES).find((candidate) => candidate.operationId === operationId)
      expect({ operationId, open: security.length === 0 }).toEqual({ operationId, open: route?.scope === 'public' })
    }
  })

  it('has no default in an answer: it would make a field that is always there optional', () => {
    const shape = (schema: z.ZodType, io: 'input' | 'output') =>
      JSON.stringify(z.toJSONSchema(schema, { io }), (name, value) => (name === 'additionalProperties' ? undefined : value))
    for (const route of ROWS) if (route.response) expect(shape(route.response, 'input')).toBe(shape(route.response, 'output'))
  })
})

describe('the route table', () => {
  it('names every row by its operation', () => {
    expect(Object.entries(ROUTES).filter(([name, route]) => name !== route.operationId)).toEqual([])
  })

  it('declares exactly the parameters that its paths have', () => {
    for (const { path, params } of ROWS) {
      const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
      expect(params instanceof z.ZodObject ? Object.keys(params.shape) : []).toEqual(named)
    }
  })

  it('is strict about queries and bodies', () => {
    for (const route of ROWS) {
      expect(route.query.safeParse({ unheard_of: '1' }).success).toBe(false)
      expect(route.body.safeParse({ unheard_of: 1 }).success).toBe(false)
    }
  })
})
