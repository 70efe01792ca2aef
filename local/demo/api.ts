import { setTimeout } from 'node:timers/promises'
import * as z from 'zod'

const Problem = z.object({ title: z.string(), code: z.string(), detail: z.string().optional() })

export interface Api {
  /** @throws ApiProblem when the API refuses */
  call<S extends z.ZodType>(method: 'GET' | 'POST' | 'DELETE', path: string, answer: S, body?: object, key?: string): Promise<z.infer<S>>
}

/** A problem document that the API answered with. */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** An answer as it came; header names in lower case. */
interface Answered {
  status: number
  headers: Record<string, string>
  text: string
}

export interface ApiOptions {
  /** Ends what is under way, and refuses further calls. */
  signal?: AbortSignal
  /** Sees each answer, refusals too; the call rejects with what it throws. */
  onAnswer?: (method: string, path: string, answer: Answered) => void
}

/** A refusal for too many requests, its own or all of them, says how long to wait; after so many of them somebody should know. */
const MOST_WAITS = 10

async function unlessTooMany(send: () => Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  for (let waits = 0; ; waits += 1) {
    const response = await send()
    if ((response.status !== 429 && response.status !== 503) || waits === MOST_WAITS) return response
    await response.body?.cancel()
    await setTimeout(Number(response.headers.get('retry-after') ?? 1) * 1000, undefined, signal ? { signal } : {})
  }
}

/** The HTTP API as any tenant would call it: it keeps to its rate. `key` of a call is its idempotency key, random by default. */
export function api(baseUrl: string, apiKey: string, { signal, onAnswer }: ApiOptions = {}): Api {
  return {
    call: async (method, path, answer, body, key = crypto.randomUUID()) => {
      const request = {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(body ? { 'content-type': 'application/json', 'idempotency-key': key } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        ...(signal ? { signal } : {}),
      }
      const response = await unlessTooMany(() => fetch(`${baseUrl}${path}`, request), signal)
      const text = await response.text()
      onAnswer?.(method, path, { status: response.status, headers: Object.fromEntries(response.headers), text })
      const json: unknown = text === '' ? undefined : JSON.parse(text)
      if (response.ok) return answer.parse(json)
      const problem = Problem.safeParse(json)
      const said = problem.success ? `${problem.data.code}: ${problem.data.detail ?? problem.data.title}` : JSON.stringify(json)
      throw new ApiProblem(response.status, `${method} ${path} answered ${response.status} ${said}`)
    },
  }
}
