import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CellConfig } from '../../cdk/config.ts'
import { config } from '../../cdk/configured.ts'
import { readTemplate } from '../../local/template/template.ts'
import { ROUTES } from '../../shared/contract/routes.ts'

const made: string[] = []
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true })
})

/** The gateway as the local cloud reads it from what is deployed. */
function givenApi(...corsOrigins: string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'ringhold-gateway-'))
  made.push(directory)
  const app = spawnSync(process.execPath, [join(import.meta.dirname, 'fixtures', 'gateway-app.ts'), directory, ...corsOrigins], {
    encoding: 'utf8',
  })
  if (app.status !== 0) throw new Error(app.stderr)
  const [api] = readTemplate(directory, 'http://127.0.0.1:4566').httpApis
  return api
}

describe('web pages', () => {
  it('are let in by nobody', () => {
    expect(config.corsOrigins).toBeUndefined()
    expect(givenApi()?.cors).toBeUndefined()
  })

  it('of the origins that are configured may use every route, and read every header that a program needs', () => {
    const cors = givenApi('https://console.example.com', 'http://localhost:5173')?.cors
    expect(cors).toMatchObject({ origins: ['https://console.example.com', 'http://localhost:5173'], maxAgeSeconds: 3600 })
    expect(new Set(cors?.methods)).toEqual(new Set(['HEAD', ...Object.values(ROUTES).map(({ method }) => method)]))
    expect(cors?.requestHeaders).toEqual(['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'prefer'])
    const told = Object.values(ROUTES).flatMap(({ headers }) => headers.map((name) => name.toLowerCase()))
    for (const name of [
      ...told,
      'retry-after',
      'ratelimit',
      'ratelimit-policy',
      'x-request-id',
      'idempotent-replayed',
      'preference-applied',
    ]) {
      expect(cors?.answerHeaders).toContain(name)
    }
  })

  it.each([
    ['https://console.example.com/', /^an origin is a scheme, a host .*: https:\/\/console\.example\.com; or \* for all$/],
    ['console.example.com', /^an origin is/],
    ['https://Console.example.com', /^an origin is/],
    ['https://console.example.com:443', /^an origin is/],
    ['https://*.example.com', /^an origin is/],
    ['null', /^an origin is/],
    ['', /^an origin is/],
    ['file:///etc/passwd', /^an origin is/],
  ])('of %j are refused where they could never match', (origin, why) => {
    const { error } = CellConfig.safeParse({ ...config, corsOrigins: [origin] })
    expect(error?.issues[0]?.message).toMatch(why)
  })

  it('are all of them, or those that are named', () => {
    const problem = (corsOrigins: string[]) => CellConfig.safeParse({ ...config, corsOrigins }).error?.issues[0]?.message
    expect(problem(['*'])).toBeUndefined()
    expect(problem(['*', 'https://console.example.com'])).toBe('* stands for every origin: name no others beside it')
    expect(problem([])).toBe('leave corsOrigins out to let no web page in')
  })
})
