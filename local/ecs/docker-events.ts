import { createInterface } from 'node:readline'
import type Docker from 'dockerode'
import * as z from 'zod'
import type { Timers } from '../timers.ts'

/** https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemEvents */
const Line = z.object({
  Action: z.enum(['oom', 'kill', 'die']),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
  timeNano: z.number(),
})

export interface ContainerEvent {
  containerId: string
  action: 'oom' | 'kill' | 'die'
  /** Of `die`. */
  exitCode: number | undefined
  /** Of `kill`: the signal's number. */
  signal: number | undefined
  atMs: number
}

export interface DockerEventsDeps {
  docker: Docker
  timers: Timers
  /** Only containers with this label. */
  label: string
  seen(event: ContainerEvent): void
  /** The stream had broken and is back: what happened meanwhile was not heard. */
  resumed(): void
}

export interface DockerEvents {
  /** Resolves when events are heard. */
  opened(): Promise<void>
  close(): void
}

const RETRY_MS = 500

function eventOf(line: string): ContainerEvent {
  const { Action, Actor, timeNano } = Line.parse(JSON.parse(line))
  const number = (name: string): number | undefined => {
    const text = Actor.Attributes[name]
    return text === undefined ? undefined : Number(text)
  }
  return { containerId: Actor.ID, action: Action, exitCode: number('exitCode'), signal: number('signal'), atMs: timeNano / 1e6 }
}

/** Hears of containers that end, over restarts of the Engine too. */
export function dockerEvents({ docker, timers, label, seen, resumed }: DockerEventsDeps): DockerEvents {
  let opening: Promise<void> | undefined
  let end: (() => void) | undefined
  let closed = false

  async function open(): Promise<void> {
    const filters = JSON.stringify({ type: ['container'], event: ['oom', 'kill', 'die'], label: [label] })
    // From a second ago: the Engine may answer before it listens for us.
    const stream = await docker.getEvents({ filters, since: Math.floor(timers.now() / 1000) - 1 })
    const lines = createInterface({ input: stream })
    lines.on('line', (line) => seen(eventOf(line)))
    const broken = (): void => {
      lines.close()
      if (!closed) timers.after(RETRY_MS, reopen)
    }
    stream.once('close', broken)
    stream.on('error', () => undefined)
    end = () => {
      if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
    }
    if (closed) end()
  }
  function reopen(): void {
    if (closed) return
    open().then(resumed, () => timers.after(RETRY_MS, reopen))
  }
  return {
    opened: () => {
      opening ??= open().catch((error: unknown) => {
        opening = undefined
        throw error
      })
      return opening
    },
    close: () => {
      closed = true
      end?.()
    },
  }
}
