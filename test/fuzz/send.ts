import { type Agent, request } from 'node:http'
import { gunzipSync, inflateSync } from 'node:zlib'

export interface Sent {
  method: string
  path: string
  headers: Record<string, string>
  body?: Buffer
}
export interface Received {
  status: number
  headers: Record<string, string>
  text: string
}

const LONGEST_WAIT_MS = 35_000
const unzipped = (body: Buffer, coding: string | undefined): Buffer =>
  body.length === 0 ? body : coding === 'gzip' ? gunzipSync(body) : coding === 'deflate' ? inflateSync(body) : body

/** Node's client refuses to send what is no HTTP at all: such bytes are written in percents, or left out. */
const writable = (path: string): string => path.replaceAll(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character.toWellFormed()))
const sendable = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '')]))

/** One request over HTTP. @throws when no answer came */
export function send(agent: Agent, url: string, { method, path, headers, body }: Sent): Promise<Received> {
  const { hostname, port } = new URL(url)
  const length = body ? { 'content-length': String(body.length) } : {}
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      hostname,
      port,
      method,
      path: writable(path),
      headers: { ...sendable(headers), ...length },
      timeout: LONGEST_WAIT_MS,
    }
    const sending = request(options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const named = Object.entries(answer.headersDistinct).map(([name, values = []]): [string, string] => [name, values.join(', ')])
        const found = Object.fromEntries(named)
        resolve({
          status: answer.statusCode ?? 0,
          headers: found,
          text: unzipped(Buffer.concat(chunks), found['content-encoding']).toString('utf8'),
        })
      })
    })
    sending.on('timeout', () => sending.destroy(new Error(`no answer in ${LONGEST_WAIT_MS} ms`)))
    sending.on('error', reject)
    sending.end(body)
  })
}
