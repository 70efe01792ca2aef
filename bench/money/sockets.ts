import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** One end of a connection between two processes of this machine. */
export interface Socket {
  pid: number
  local: string
  remote: string
  bytesSent: number
  segmentsSent: number
}

const numberIn = (line: string, pattern: RegExp): number => Number(pattern.exec(line)?.[1] ?? 0)

/** The kernel's own counters (tcp_info), as `ss` of iproute2 shows them; undefined where that is missing. */
export async function sockets(): Promise<Socket[] | undefined> {
  const shown = await run('ss', ['-tnpiOH', 'state', 'established'], { maxBuffer: 64 * 1024 * 1024 }).catch(() => undefined)
  return shown?.stdout.split('\n').flatMap((line) => {
    const [, local, remote] = /^\s*\d+\s+\d+\s+(\S+)\s+(\S+)/.exec(line) ?? []
    if (!local || !remote) return []
    return [
      {
        local,
        remote,
        pid: numberIn(line, /pid=(\d+)/),
        bytesSent: numberIn(line, /bytes_sent:(\d+)/),
        segmentsSent: numberIn(line, /segs_out:(\d+)/),
      },
    ]
  })
}

/** Which process listens at `address:port`. */
export async function listeners(): Promise<Map<string, number>> {
  const { stdout } = await run('ss', ['-tnplH'])
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [, local] = /^LISTEN\s+\d+\s+\d+\s+(\S+)/.exec(line) ?? []
      return local ? [[local, numberIn(line, /pid=(\d+)/)] satisfies [string, number]] : []
    }),
  )
}
