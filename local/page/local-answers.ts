import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerOf, sendJson, sendProblem } from '../faults/answers.ts'
import { refuseForeign } from '../faults/guard.ts'
import { Impossible } from '../faults/impossible.ts'
import type { Disturbed } from '../faults/perform.ts'
import type { LocalAnswers } from '../gateway/gateway.ts'
import type { Feed, Message } from './feed.ts'
import { POLICY, type StaticFile, staticFiles } from './files.ts'

export interface LocalAnswersDeps {
  parts: Disturbed
  feed: Feed
  onError(error: unknown, where: string): void
}

const COMMON = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin', 'referrer-policy': 'no-referrer' }
const HEARTBEAT_MS = 10_000
/** A page that does not read is let go: what it would have been told is kept for it a while. */
const UNREAD_LIMIT = 4 * 1024 * 1024

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
const eventText = ({ id, event, data }: Message): string => `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`

async function stream(feed: Feed, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const given = message.headers['last-event-id']
  response.writeHead(200, { ...COMMON, 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n\n')
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS)
  response.on('close', () => clearInterval(heartbeat))
  const stop = await feed.watch(typeof given === 'string' ? given : undefined, (each) => {
    if (response.writableLength > UNREAD_LIMIT) response.destroy()
    else response.write(eventText(each))
  })
  if (response.destroyed) stop()
  else response.on('close', stop)
}

function sendFile(response: ServerResponse, { type, body }: StaticFile): void {
  const headers = { ...COMMON, 'content-type': type, 'content-length': body.length, 'cache-control': 'no-cache' }
  response.writeHead(200, { ...headers, 'content-security-policy': POLICY })
  response.end(body)
}

/** The API has no route `/`: only a browser, which asks for HTML, is shown the page there. */
const wantsPage = ({ method, headers }: IncomingMessage, path: string): boolean =>
  method === 'GET' && path === '/' && /\btext\/html\b/.test(headers.accept ?? '')

/** The page, what it shows, and what can be disturbed: whatever begins with /_local, and `/` for browsers. */
export function localAnswers({ parts, feed, onError }: LocalAnswersDeps): LocalAnswers {
  const files = staticFiles()
  async function answer(path: string, message: IncomingMessage, response: ServerResponse): Promise<void> {
    refuseForeign(message)
    const file = path === '/' ? files.get('index.html') : files.get(path.slice('/_local/'.length))
    if (message.method === 'GET' && file) return sendFile(response, file)
    if (message.method === 'GET' && path === '/_local/events') return stream(feed, message, response)
    if (message.method === 'GET' && path === '/_local/state') return sendJson(response, await feed.snapshot())
    sendJson(response, await answerOf(parts, path, message))
  }
  return (message, response) => {
    const path = (message.url ?? '/').split('?')[0] ?? '/'
    if (path !== '/_local' && !path.startsWith('/_local/') && !wantsPage(message, path)) return false
    answer(path, message, response).catch((error: unknown) => {
      if (error instanceof Impossible) return sendProblem(response, error)
      onError(error, `${message.method} ${path}`)
      if (response.headersSent) response.destroy()
      else sendProblem(response, new Impossible(500, 'The local cloud failed; its log says why.'))
    })
    return true
  }
}
