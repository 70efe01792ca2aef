import { createHook } from 'node:async_hooks'
import * as z from 'zod'

const Connecting = z.object({ address: z.string(), port: z.int() })
/** The requests that Node hands to the operating system: every connection, of whatever module, and every question to a resolver. */
const ASKS = new Set(['GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP', 'QUERYWRAP'])

export interface Connections {
  /** `address:port` of every connection that this process has begun since. */
  begun(): string[]
  /** How many names it has asked the world for. */
  asked(): number
  stop(): void
}

/** Watches below every client, so that nothing connects unseen. */
export function watchConnections(): Connections {
  const connecting: object[] = []
  let asked = 0
  const hook = createHook({
    init: (_id, type, _trigger, resource) => {
      if (type === 'TCPCONNECTWRAP') connecting.push(resource)
      if (ASKS.has(type)) asked += 1
    },
  }).enable()
  return {
    // Where to is written on the request once it is made.
    begun: () => connecting.map((request) => Connecting.parse(request)).map(({ address, port }) => `${address}:${port}`),
    asked: () => asked,
    stop: () => hook.disable(),
  }
}
