import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

const BUSY = new Set<unknown>(['EADDRINUSE', 'EACCES'])

/** Whether a server could listen there now. */
function isPortFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error) => ('code' in error && BUSY.has(error.code) ? resolve(false) : reject(error)))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** As /proc/net/tcp writes it: the bytes from the last to the first. https://man7.org/linux/man-pages/man5/proc_pid_net.5.html */
const inHexadecimal = (address: string): string =>
  address
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0').toUpperCase())
    .reverse()
    .join('')
const LISTENING = '0A'

function isListenedOn(address: string): boolean {
  const sockets = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)
  return sockets.some((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    return state === LISTENING && local.startsWith(`${inHexadecimal(address)}:`)
  })
}

/** Whether nothing listens at that address of this machine on these ports, or, for a host's, on any. What listens everywhere is no matter of one address. */
export async function isAddressFree(address: string, ports: number[] | 'any'): Promise<boolean> {
  if (ports === 'any') return !isListenedOn(address)
  for (const port of ports) if (!(await isPortFree(address, port))) return false
  return true
}
