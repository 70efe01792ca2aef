import * as z from 'zod'

const Problem = z.object({ title: z.string(), code: z.string(), detail: z.string().optional() })

export interface Api {
  call<S extends z.ZodType>(method: 'GET' | 'POST' | 'DELETE', path: string, answer: S, body?: object): Promise<z.infer<S>>
}

/** The HTTP API as any tenant would call it. A problem document becomes an error with its code and sentence. */
export function api(baseUrl: string, key: string): Api {
  return {
    call: async (method, path, answer, body) => {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body ? { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      const json: unknown = await response.json()
      if (response.ok) return answer.parse(json)
      const problem = Problem.safeParse(json)
      const said = problem.success ? `${problem.data.code}: ${problem.data.detail ?? problem.data.title}` : JSON.stringify(json)
      throw new Error(`${method} ${path} answered ${response.status} ${said}`)
    },
  }
}
