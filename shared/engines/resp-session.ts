import { connectResp, type Endpoint, type RespConnection } from './resp.ts'

export type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown }

/** One connection to each of several nodes, made when first needed, kept while it works, made anew after it broke. */
export interface RespSession {
  /** Runs on every named node at once; a node that fails fails alone. */
  each<T>(ordinals: number[], run: (connection: RespConnection, ordinal: number) => Promise<T>): Promise<Map<number, Outcome<T>>>
  close(): void
}

/** @param timeoutMs of connecting, and of every answer */
export function respSession(endpoints: Map<number, Endpoint>, timeoutMs: number): RespSession {
  const open = new Map<number, RespConnection>()

  async function connected(ordinal: number): Promise<RespConnection> {
    const known = open.get(ordinal)
    if (known && !known.closed) return known
    const endpoint = endpoints.get(ordinal)
    if (!endpoint) throw new Error(`no address for node ${ordinal}`)
    const connection = await connectResp(endpoint, timeoutMs)
    open.set(ordinal, connection)
    return connection
  }

  async function attempt<T>(ordinal: number, run: (connection: RespConnection, ordinal: number) => Promise<T>): Promise<Outcome<T>> {
    try {
      return { ok: true, value: await run(await connected(ordinal), ordinal) }
    } catch (error) {
      return { ok: false, error }
    }
  }

  return {
    each: async (ordinals, run) =>
      new Map(await Promise.all(ordinals.map(async (ordinal) => [ordinal, await attempt(ordinal, run)] as const))),
    close: () => {
      for (const connection of open.values()) connection.close()
    },
  }
}
