import { appendFileSync, createWriteStream, existsSync, statSync, truncateSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { Engine } from './docker-engine.ts'
import type { Launch } from './driver.ts'
import { logOf } from './process-root.ts'

/** The Engine ends the stream with the container; one that it forgets must not keep the task. */
const LONGEST_END_MS = 2000

export const logSize = (launch: Launch): number => (existsSync(logOf(launch)) ? statSync(logOf(launch)).size : 0)

/** Output of both streams in its order: frames of a header, whose last four bytes are the length, and that much text. */
function unframed(answer: Buffer): Buffer {
  const texts: Buffer[] = []
  for (let at = 0; at + 8 <= answer.length; ) {
    const end = at + 8 + answer.readUInt32BE(at + 4)
    texts.push(answer.subarray(at + 8, end))
    at = end
  }
  return Buffer.concat(texts)
}

/**
 * Writes a container's output, from its beginning, into the task's log, and goes on until it ends.
 * @param start where it begins in the log: what an earlier follower wrote from there is written again
 * @returns to be called when the container has ended; resolves when all of its output is written
 */
export async function followLog(
  { docker, engine }: { docker: Docker; engine: Engine },
  containerId: string,
  launch: Launch,
  start: number,
): Promise<() => Promise<void>> {
  const cut = (): void => {
    if (logSize(launch) > start) truncateSync(logOf(launch), start)
  }
  cut()
  const output = await docker.getContainer(containerId).logs({ follow: true, stdout: true, stderr: true })
  const file = createWriteStream(logOf(launch), { flags: 'a' })
  docker.modem.demuxStream(output, file, file)
  const written = finished(output, { writable: false }).finally(() => new Promise((resolve) => file.end(resolve)))
  // A broken stream is no news: all is read again at the end.
  const ended = written.then(
    () => undefined,
    () => undefined,
  )
  return async () => {
    await Promise.race([ended, sleep(LONGEST_END_MS, undefined, { ref: false })])
    // A follower may miss the last lines of a container that ends right after them.
    const whole = unframed((await engine.output(containerId)) ?? Buffer.alloc(0))
    if (logSize(launch) - start >= whole.length) return
    cut()
    appendFileSync(logOf(launch), whole)
  }
}
