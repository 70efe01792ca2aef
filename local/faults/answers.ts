import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import * as z from 'zod'
import { ACTIONS, isAction } from './actions.ts'
import { Impossible } from './impossible.ts'
import { type Disturbed, performers } from './perform.ts'

const BODY_LIMIT = 64 * 1024

async function bodyOf(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    size += chunk.length
    if (size > BODY_LIMIT) throw new Impossible(413, `a body has at most ${BODY_LIMIT} bytes`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
  } catch {
    throw new Impossible(400, 'the body is not JSON')
  }
}

/** What can be asked for: each with what it takes, and an example that works as it stands, ids apart. */
function menu(base: string): object {
  const actions = Object.entries(ACTIONS).map(([name, { about, body, example }]) => ({
    method: 'POST',
    path: `/_local/${name}`,
    about,
    body: z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }),
    example,
    curl: `curl -X POST ${base}/_local/${name} -H 'Content-Type: application/json' -d '${JSON.stringify(example)}'`,
  }))
  return {
    page: `${base}/`,
    read: [
      { method: 'GET', path: '/_local', about: 'this' },
      { method: 'GET', path: '/_local/state', about: 'everything the page shows' },
      { method: 'GET', path: '/_local/events', about: 'the same as server-sent events: a snapshot, then its changes' },
      { method: 'GET', path: '/_local/faults', about: 'what is disturbed now' },
    ],
    take_away: [
      { method: 'DELETE', path: '/_local/faults/{id}', about: 'one of them', example: `curl -X DELETE ${base}/_local/faults/f1` },
      { method: 'DELETE', path: '/_local/faults', about: 'all of them', example: `curl -X DELETE ${base}/_local/faults` },
    ],
    actions,
  }
}

async function act(parts: Disturbed, name: string, message: IncomingMessage): Promise<object> {
  if (!isAction(name)) throw new Impossible(404, `there is no ${name}`, { actions: Object.keys(ACTIONS) })
  return performers(parts)[name](await bodyOf(message))
}

async function takeAway({ faults }: Disturbed, id: string | undefined): Promise<object> {
  if (id === undefined) return { removed: await faults.active.clear() }
  if (await faults.active.remove(id)) return { removed: id }
  throw new Impossible(404, `there is no fault ${id}`, { faults: faults.active.list().map((fault) => fault.id) })
}

/**
 * Answers one request below /_local, that of the page apart.
 * @throws Impossible
 */
export async function answerOf(parts: Disturbed, path: string, message: IncomingMessage): Promise<object> {
  const { method = 'GET', headers } = message
  const [, , name, id, ...more] = path.split('/')
  const refused = (allowed: string): Impossible => new Impossible(405, `${path} takes ${allowed}`, { methods: allowed.split(', ') })
  if (more.length > 0) throw new Impossible(404, `there is nothing at ${path}`, { menu: '/_local' })
  if (name === undefined || name === '') {
    if (method === 'GET') return menu(`http://${headers.host}`)
    throw refused('GET')
  }
  if (name === 'faults') {
    if (method === 'GET' && id === undefined) return { faults: parts.faults.active.list() }
    if (method === 'DELETE') return takeAway(parts, id)
    throw refused('GET, DELETE')
  }
  if (method !== 'POST') throw isAction(name) ? refused('POST') : new Impossible(404, `there is nothing at ${path}`, { menu: '/_local' })
  return act(parts, name, message)
}

/** https://www.rfc-editor.org/rfc/rfc9457 */
export function sendProblem(response: ServerResponse, { status, message, possible }: Impossible): void {
  const problem = {
    title: STATUS_CODES[status] ?? 'Refused',
    status,
    detail: message,
    ...(Object.keys(possible).length > 0 ? { possible } : {}),
  }
  response.writeHead(status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(problem, undefined, 2)}\n`)
}

export function sendJson(response: ServerResponse, answer: object): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  response.end(`${JSON.stringify(answer, undefined, 2)}\n`)
}
