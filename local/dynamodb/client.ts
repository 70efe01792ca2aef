import { Agent, request } from 'node:http'
import * as z from 'zod'
import { AwsError } from '../aws/service.ts'

export interface RawAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

export interface DynoxideClient {
  /** One call as it came, over a connection that is kept open. */
  forward(headers: Record<string, string>, body: Buffer): Promise<RawAnswer>
  /** @throws AwsError as the server answers it. */
  call<T>(target: string, input: object, schema: z.ZodType<T>): Promise<T>
  stop(): void
}

/** Only what the server reads: fewer headers cost less. It wants a signature, and does not check it. */
const SENT = ['content-type', 'x-amz-target', 'authorization', 'x-amz-date'] as const
const ANSWERED = ['content-type', 'x-amzn-requestid', 'x-amz-crc32'] as const
const OWN = {
  'content-type': 'application/x-amz-json-1.0',
  authorization: 'AWS4-HMAC-SHA256 Credential=local/20250101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20250101T000000Z',
}

const Failure = z.object({ __type: z.string(), message: z.string().default('') })

function pick(names: readonly string[], from: Record<string, unknown>): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = from[name]
    if (typeof value === 'string') picked[name] = value
  }
  return picked
}

export function dynoxideClient({ host, port }: { host: string; port: number }): DynoxideClient {
  const agent = new Agent({ keepAlive: true })
  const forward = (headers: Record<string, string>, body: Buffer): Promise<RawAnswer> =>
    new Promise((resolve, reject) => {
      const options = { host, port, agent, method: 'POST', headers: { ...pick(SENT, headers), 'content-length': body.length } }
      const outgoing = request(options, (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 500, headers: pick(ANSWERED, incoming.headers), body: Buffer.concat(chunks) }),
        )
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  return {
    forward,
    call: async (target, input, schema) => {
      const answer = await forward({ ...OWN, 'x-amz-target': target }, Buffer.from(JSON.stringify(input)))
      const body: unknown = JSON.parse(answer.body.toString('utf8'))
      if (answer.status === 200) return schema.parse(body)
      const failure = Failure.parse(body)
      throw new AwsError(failure.__type.split('#').at(-1) ?? failure.__type, failure.message, answer.status)
    },
    stop: () => agent.destroy(),
  }
}
