import { XMLParser } from 'fast-xml-parser'

/** How clients of the SDK are made for an emulator; it checks no signature. */
export const clientConfig = (endpoint: string, region: string) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
})

const authorization = (service: string, region: string): string =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, isArray: (name) => name === 'member' })

async function send(url: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${init.method} ${url} answered ${response.status} ${text.slice(0, 500)}`)
  return text
}

/** Services that this project has no SDK client of. */
export function rawAws(endpoint: string, region: string) {
  return {
    /** The query protocol, e.g. CloudFormation and IAM. */
    query: async (service: string, version: string, action: string, input: Record<string, string> = {}): Promise<unknown> => {
      const body = new URLSearchParams({ Action: action, Version: version, ...input })
      const answer: unknown = parser.parse(
        await send(endpoint, { method: 'POST', headers: { authorization: authorization(service, region) }, body }),
      )
      return answer
    },
    /** JSON 1.1 with a target, e.g. EventBridge. */
    json: async (service: string, target: string, input: object = {}): Promise<unknown> => {
      const headers = {
        authorization: authorization(service, region),
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
      }
      return JSON.parse(await send(endpoint, { method: 'POST', headers, body: JSON.stringify(input) }))
    },
    /** REST with JSON answers, e.g. API Gateway. */
    get: async (service: string, path: string): Promise<unknown> =>
      JSON.parse(await send(`${endpoint}${path}`, { method: 'GET', headers: { authorization: authorization(service, region) } })),
  }
}
