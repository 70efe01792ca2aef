import { createServer } from 'node:net'

const BUSY = new Set<unknown>(['EADDRINUSE', 'EACCES'])

/** Whether a server could listen there now. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error) => ('code' in error && BUSY.has(error.code) ? resolve(false) : reject(error)))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
