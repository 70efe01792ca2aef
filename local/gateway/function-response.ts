import * as z from 'zod'

export interface HttpResponse {
  status: number
  headers: Record<string, string | string[]>
  body: Buffer
}

const Formatted = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
})

/** What the gateway itself has to say. */
export const gatewayMessage = (status: number, message: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message })),
})
export const internalServerError = (): HttpResponse => gatewayMessage(500, 'Internal Server Error')

/**
 * A function's answer as the client gets it, response format 2.0. An answer without `statusCode` is taken as a JSON body;
 * one that does not fit the format is an error of the server.
 */
export function functionResponse(answer: unknown): HttpResponse {
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) }
  }
  const parsed = Formatted.safeParse(answer)
  if (!parsed.success) return internalServerError()
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data
  const named = Object.entries(headers ?? {}).map(([name, value]): [string, string] => [name.toLowerCase(), value])
  return {
    status: statusCode,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(named),
      ...(cookies && cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  }
}
