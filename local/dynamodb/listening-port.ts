import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const LISTEN = '0A'

function socketInodes(pid: number): Set<string> {
  const directory = `/proc/${pid}/fd`
  const links = readdirSync(directory).flatMap((fd) => {
    try {
      return [readlinkSync(`${directory}/${fd}`)]
    } catch {
      return [] // closed since it was listed
    }
  })
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
}

/**
 * The TCP port a process listens on, asked from the kernel (proc_net(5)): a server told to take port 0 need not say which it
 * took, and a port that we choose for it may be gone by then.
 */
export function listeningPort(pid: number): number | undefined {
  const own = socketInodes(pid)
  for (const line of readFileSync(`/proc/${pid}/net/tcp`, 'latin1').split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/)
    if (fields[3] === LISTEN && own.has(fields[9] ?? '')) return Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)
  }
  return undefined
}
