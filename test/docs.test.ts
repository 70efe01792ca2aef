import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runInNewContext } from 'node:vm'
import * as z from 'zod'
import { CellConfig } from '../cdk/config.ts'
import { MAX_BODY_BYTES } from '../functions/edge/input.ts'
import { LONGEST_WAIT_SECONDS } from '../functions/edge/prefer.ts'
import { MOST_BY_NAME } from '../shared/clusters/by-name.ts'
import { ERRORS } from '../shared/contract/errors.ts'
import { EVENT_TYPES, EVENTS_KEPT_DAYS, PUSHED_TYPES } from '../shared/contract/event.ts'
import type { Example } from '../shared/contract/examples/example.ts'
import { EXAMPLES } from '../shared/contract/examples.ts'
import { TENANT_SCOPES } from '../shared/contract/key.ts'
import { buildOpenApi } from '../shared/contract/openapi.ts'
import { Problem } from '../shared/contract/problem.ts'
import { type Route, reads } from '../shared/contract/route.ts'
import { ROUTES } from '../shared/contract/routes.ts'
import { webhookPayload } from '../shared/contract/webhook-payload.ts'
import { connection } from '../shared/engines/redis/connection.ts'
import { LIMITS } from '../shared/engines/redis/spec.ts'
import { MOST_WAITERS } from '../shared/operations/waiters.ts'
import { rateOf } from '../shared/tenants/rate-record.ts'
import { KEPT_MS } from '../shared/tenants/record.ts'
import { makeToken } from '../shared/tenants/token.ts'
import { POST_LIMITS } from '../shared/webhooks/post.ts'
import { RECOVERED_AT_ONCE } from '../shared/webhooks/recover.ts'
import { ATTEMPT_DELAYS_MS } from '../shared/webhooks/schedule.ts'
import { SLOTS, SLOTS_OF_FAILING } from '../shared/webhooks/slots.ts'

const ROOT = join(import.meta.dirname, '..')
const routes = Object.values<Route>(ROUTES)
const named = (name: string): Route | undefined => routes.find(({ operationId }) => operationId === name)

const AT_ROOT = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']
const PAGES = [...AT_ROOT, ...readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`)]
const pages = PAGES.filter((file) => file.endsWith('.md')).map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))
const page = (file: string): string => pages.find((each) => each.file === file)?.text ?? ''
/** Whose every word about the API is to be true. */
const guides = pages.filter(({ file }) => ['docs/api.md', 'docs/platform.md'].includes(file))

/** What stands in backticks, once each, with the page that says it. */
const quoted = (among: typeof pages): [string, string][] => {
  const said = among.flatMap(({ file, text }) =>
    [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, word = '']) => `${file}\n${word}`),
  )
  return [...new Set(said)].map((each): [string, string] => {
    const [file = '', word = ''] = each.split('\n')
    return [file, word]
  })
}
/** What the pattern finds in them that is not known. */
const strange = (among: typeof pages, pattern: RegExp, known: (found: string) => boolean): string[] =>
  quoted(among).flatMap(([file, word]) => [...word.matchAll(pattern)].flatMap(([found]) => (known(found) ? [] : [`${file}: ${found}`])))

/** The blocks of a page by what stands behind their fence, as in ```json createCluster. */
const blocks = (language: string): { about: string; text: string }[] =>
  guides.flatMap(({ text }) =>
    [...text.matchAll(new RegExp(`^\`\`\`${language} ?(.*)\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, about = '', body = '']) => ({
      about,
      text: body,
    })),
  )
const block = (language: string, about = ''): string => blocks(language).find((each) => each.about === about)?.text ?? ''

describe('the documentation', () => {
  it('links to what there is', () => {
    const links = pages.flatMap(({ file, text }) => [...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, to = '']) => ({ file, to })))
    const dead = links.filter(({ file, to }) => !/^https?:/.test(to) && !existsSync(join(ROOT, dirname(file), to)))
    expect(dead).toEqual([])
  })

  it('links to headings that there are', () => {
    // As GitHub makes anchors of them.
    const anchors = (file: string) =>
      [...page(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      )
    const links = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)].map(([, to = '', anchor = '']) => {
        return { file, to: to === '' ? file : join(dirname(file), to), anchor }
      }),
    )
    expect(links.length).toBeGreaterThan(50)
    expect(links.filter(({ to, anchor }) => !anchors(to).includes(anchor))).toEqual([])
  })

  it('names files and folders that there are', () => {
    const places = /^(?:cdk|functions|shared|local|test|bench|docs|images)\/[\w./-]*$/g
    expect(strange(pages, places, (path) => existsSync(join(ROOT, path)))).toEqual([])
  })

  it('says of every setting what it does and whether it can be changed later', () => {
    const rows = [...page('docs/deploy.md').matchAll(/^\| ((?:`\w+`(?:, )?)+) \| [^|]+ \| (?:yes|no|sizes)/gm)]
    const told = rows.flatMap(([, names = '']) => [...names.matchAll(/\w+/g)].map(([name]) => name))
    expect(told.toSorted()).toEqual(Object.keys(CellConfig.shape).toSorted())
  })

  it('names commands that there are', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
    const own = /^npm (?:run )?[\w-]+/g
    expect(
      strange(pages, own, (command) =>
        ['npm install', ...Object.keys(scripts).flatMap((name) => [`npm ${name}`, `npm run ${name}`])].includes(command),
      ),
    ).toEqual([])
  })
})

describe('the guides', () => {
  it('name routes that there are', () => {
    const known = new Set(routes.map(({ method, path }) => `${method} ${path}`))
    const paths = new Set(routes.map(({ path }) => path))
    const written = /(?:(?:GET|POST|PATCH|DELETE) )?\/(?:v1\/|problems|health|openapi)[\w/{}.-]*/g
    expect(strange(pages, written, (found) => known.has(found) || paths.has(found))).toEqual([])
  })

  it('name error codes, with their status', () => {
    const wrong = guides.flatMap(({ file, text }) =>
      [...text.matchAll(/\b([45]\d\d) `([a-z_]+)`/g)].flatMap(([said, status, code = '']) =>
        Object.entries(ERRORS).some(([name, kind]) => name === code && String(kind.status) === status) ? [] : [`${file}: ${said}`],
      ),
    )
    expect(wrong).toEqual([])
  })

  it('name every event type and every scope, and no other', () => {
    const of = (kind: RegExp) => [...new Set(quoted(guides).flatMap(([, word]) => (kind.test(word) ? [word] : [])))].toSorted()
    expect(of(/^(cluster|webhook)\.[a-z]+$/)).toEqual(PUSHED_TYPES.toSorted())
    expect(EVENT_TYPES.every((type) => page('docs/api.md').includes(`| \`${type}\` |`))).toBe(true)
    expect(TENANT_SCOPES.every((scope) => page('docs/api.md').includes(`| \`${scope}\` |`))).toBe(true)
  })

  it('name fields, parameters and codes that there are', () => {
    // Why a cluster failed: the loop's own words, which the description does not list.
    const failures = ['deadline', 'plan'].map((name) => readFileSync(join(ROOT, `shared/reconcile/${name}.ts`), 'utf8'))
    const described = [JSON.stringify(buildOpenApi()), ...failures].join('\n')
    const member = /^[a-z]+(?:_[a-z]+)+$/g
    expect(strange(guides, member, (name) => new RegExp(`\\b${name}\\b`).test(described))).toEqual([])
  })

  it('name headers that there are', () => {
    const described = JSON.stringify(buildOpenApi()).toLowerCase()
    const ofHttp = ['accept-encoding', 'if-none-match']
    const header = /^[A-Z][a-zA-Z]*(?:-[A-Z][a-z]+)+$/g
    expect(strange(guides, header, (name) => ofHttp.includes(name.toLowerCase()) || described.includes(name.toLowerCase()))).toEqual([])
  })

  it('are right that every change takes an Idempotency-Key', () => {
    expect(routes.filter((route) => !reads(route) && !route.idempotent)).toEqual([])
  })

  it('list every list with the filters that it has', () => {
    const lists = routes.filter(
      (route) => reads(route) && route.query instanceof z.ZodObject && 'cursor' in route.query.shape && route.scope !== 'platform',
    )
    const rows = lists.map(({ path, query }) => {
      const row =
        page('docs/api.md')
          .split('\n')
          .find((line) => line.startsWith(`| \`${path}\` |`)) ?? ''
      const filters = query instanceof z.ZodObject ? Object.keys(query.shape) : []
      return {
        path,
        missing:
          row === ''
            ? ['its row']
            : filters.filter((name) => !['limit', 'cursor', 'expand'].includes(name) && !row.includes(`\`${name}\``)),
      }
    })
    expect(rows.filter(({ missing }) => missing.length > 0)).toEqual([])
  })
})

const [, second = 0, third = 0, ...later] = ATTEMPT_DELAYS_MS.map((ms) => ms / 1_000)
const hours = later.slice(1).map((seconds) => `${seconds / 3_600} h`)
/** What the guide says of numbers that the code has. */
const SAID = [
  `Attempts come at once, then ${second} s, ${third / 60} min, ${(later[0] ?? 0) / 60} min, ${hours.slice(0, -1).join(', ')} and ${hours.at(-1)} after`,
  `2xx within ${POST_LIMITS.totalMs / 1_000} s (${POST_LIMITS.connectMs / 1_000} s to connect)`,
  `up to ${SLOTS} attempts to a webhook are under way at once (${SLOTS_OF_FAILING} while it fails)`,
  `up to ${RECOVERED_AT_ONCE} at a time`,
  `| events, deliveries and their attempts | ${EVENTS_KEPT_DAYS} days`,
  `| deleted clusters, ended keys, deleted tenants | ${KEPT_MS / 86_400_000} days |`,
  `up to ${MOST_BY_NAME.toLocaleString('en')} clusters can be sorted`,
  `up to ${LONGEST_WAIT_SECONDS} s; \`Preference-Applied\``,
  `| body of a request | ${MAX_BODY_BYTES / 1_024} KiB`,
  `${LIMITS.shards.min} to ${LIMITS.shards.max} shards, ${LIMITS.replicas.min} to ${LIMITS.replicas.max} replicas`,
  `\`q=${rateOf(100).burst};w=2\``.replaceAll('`', ''),
]

it.each(SAID)('the guide says as the code does: %s', (sentence) => {
  expect(page('docs/api.md')).toContain(sentence)
})

it('the guide names the clients that there are lines for, and how many waits there may be', () => {
  const { clients } = connection({ nodes: [{ address: '192.0.2.1', port: 6379 }], password: 'p' })
  expect(page('docs/api.md')).toContain(
    `${clients
      .slice(0, -1)
      .map(({ client }) => client)
      .join(', ')} and ${clients.at(-1)?.client}.`,
  )
  expect([MOST_WAITERS, page('docs/api.md').replaceAll('\n', ' ').includes('Four requests of a tenant may wait at once')]).toEqual([
    4,
    true,
  ])
})

describe('the examples of the guides', () => {
  const examples: Readonly<Record<string, Example>> = EXAMPLES

  it.each(blocks('json'))('$about is one that is sent, or that its schema takes', ({ about, text }) => {
    const value: unknown = JSON.parse(text)
    const [kind = '', type] = about.split(' ')
    const pushed = PUSHED_TYPES.find((each) => each === type)
    if (kind === 'problem') return expect(Problem.strict().parse(value)).toMatchObject({ code: expect.any(String) })
    if (pushed) return expect(webhookPayload(pushed).parse(value)).toEqual(value)
    expect(named(kind)?.body.safeParse(value).success).toBe(true)
    expect(examples[kind]?.body).toEqual(value)
  })

  it('of issuers is one that a configuration takes', () => {
    const issuers: unknown = JSON.parse(JSON.stringify(runInNewContext(`(${block('ts', 'issuers')})`)))
    expect(CellConfig.shape.issuers.safeParse(issuers).error).toBeUndefined()
  })

  it('finds API keys of both kinds, and nothing else that begins so', () => {
    const scanner = new RegExp(block('regex').trim())
    for (const mode of ['live', 'test'] as const) {
      const key = makeToken(mode, 'key_01kaq3v9f1x3n5q7s9v1x3z5b7', (bytes) => new Uint8Array(bytes).fill(7))
      expect(scanner.exec(`KEY=${key};`)?.[0]).toBe(key)
      expect(scanner.test(key.slice(0, -1))).toBe(false)
    }
  })

  it('verifies a webhook that is signed with any of its secrets, and refuses another', () => {
    const secret = Buffer.alloc(32, 7)
    const body = block('json', 'webhook cluster.ready')
    const at = Math.floor(Date.now() / 1000)
    const signed = (by: Buffer) => createHmac('sha256', by).update(`evt_1.${at}.${body}`).digest('base64')
    const verify = (...by: Buffer[]) => {
      const headers = {
        'webhook-id': 'evt_1',
        'webhook-timestamp': String(at),
        'webhook-signature': by.map((each) => `v1,${signed(each)}`).join(' '),
      }
      const call = `console.log(eventOf(${JSON.stringify(body)}, ${JSON.stringify(headers)}).type)`
      const env = { ...process.env, WEBHOOK_SECRET: `whsec_${secret.toString('base64')}` }
      return spawnSync(process.execPath, ['--input-type=module'], { cwd: ROOT, env, input: `${block('js')}\n${call}`, encoding: 'utf8' })
    }
    const other = Buffer.alloc(32, 8)
    expect(verify(other, secret)).toMatchObject({ status: 0, stdout: 'cluster.ready\n' })
    expect(verify(other)).toMatchObject({ status: 1, stderr: expect.stringContaining('WebhookVerificationError') })
  })
})
