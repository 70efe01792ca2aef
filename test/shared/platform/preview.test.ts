import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SFNClient } from '@aws-sdk/client-sfn'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { previewInvoker } from '../../../shared/platform/preview.ts'

interface Asked {
  method: string | undefined
  url: string | undefined
  headers: IncomingMessage['headers']
  body: string
}
let asked: Asked[] = []
let answer: (response: ServerResponse) => void = () => undefined
const server = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  asked.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(parts).toString() })
  answer(response)
})
const client = new SFNClient({ region: 'eu-west-1', credentials: { accessKeyId: 'api', secretAccessKey: 'local' } })
const before = process.env.AWS_ENDPOINT_URL_LAMBDA
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  process.env.AWS_ENDPOINT_URL_LAMBDA = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(async () => {
  if (before === undefined) delete process.env.AWS_ENDPOINT_URL_LAMBDA
  else process.env.AWS_ENDPOINT_URL_LAMBDA = before
  client.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

it('invokes the function as Lambda is asked to, signed for Lambda, and answers what it answers', async () => {
  asked = []
  answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"possible":true}')
  expect(await previewInvoker(client, 'cell-1-preview')({ tenant_id: 'ten_1' })).toEqual({ possible: true })
  expect(asked).toMatchObject([{ method: 'POST', url: '/2015-03-31/functions/cell-1-preview/invocations', body: '{"tenant_id":"ten_1"}' }])
  expect(asked[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=api\/\d{8}\/eu-west-1\/lambda\/aws4_request/)
})

it('fails as the function does, and as Lambda does', async () => {
  const preview = previewInvoker(client, 'cell-1-preview')
  answer = (response) => response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end('{"errorMessage":"no hosts"}')
  await expect(preview({})).rejects.toThrow('no hosts')
  answer = (response) => response.writeHead(429).end('{"Type":"User","message":"Rate Exceeded."}')
  await expect(preview({})).rejects.toThrow('429')
})

it('does not wait for ever for who is silent', async () => {
  answer = () => undefined
  await expect(previewInvoker(client, 'cell-1-preview', 50)({})).rejects.toThrow()
})
