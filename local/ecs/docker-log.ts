import { createWriteStream, existsSync, statSync, truncateSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { Launch } from './driver.ts'
import { logOf } from './process-root.ts'

/** The Engine ends the stream with the container; one that it forgets must not keep the task. */
const LONGEST_END_MS = 2000

export const logSize = (launch: Launch): number => (existsSync(logOf(launch)) ? statSync(logOf(launch)).size : 0)

/**
 * Writes a container's output, from its beginning, into the task's log, and goes on until it ends.
 * @param start where it begins in the log: what an earlier follower wrote from there is written again
 * @returns resolves when the output of a container that ended is written
 */
export async function followLog(docker: Docker, containerId: string, launch: Launch, start: number): Promise<() => Promise<void>> {
  if (logSize(launch) > start) truncateSync(logOf(launch), start)
  const output = await docker.getContainer(containerId).logs({ follow: true, stdout: true, stderr: true })
  const file = createWriteStream(logOf(launch), { flags: 'a' })
  docker.modem.demuxStream(output, file, file)
  const written = finished(output, { writable: false }).finally(() => new Promise((resolve) => file.end(resolve)))
  // A broken stream is a shorter log, and nothing else.
  const ended = written.then(
    () => undefined,
    () => undefined,
  )
  return () => Promise.race([ended, sleep(LONGEST_END_MS, undefined, { ref: false })])
}
