import { constants } from 'node:os'
import type { ContainerEvent } from './docker-events.ts'
import type { Exit, Launch } from './driver.ts'

/** As the ECS agent says it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage'
/** 128 and SIGKILL. */
const KILLED = 137
/** From the kernel's kill to the container's end: the Engine tells of both within some 40 ms. */
const OOM_LEADS_BY_MS = 5000

/** What was heard of a container that runs. */
export interface Heard {
  /** When the kernel last ended one of its processes for want of memory. */
  oomAt?: number
  /** Somebody had the Engine kill it: that is its end, even if the Engine tells of a lack of memory a little later. */
  killed: boolean
}

export interface LiveContainer {
  launch: Launch
  id: string
  heard: Heard
  state: 'running' | 'ending' | 'told'
  /** Resolves when what it wrote is in the task's log. */
  logged(): Promise<void>
  /** Resolves when it has ended, was told of, and is removed. */
  ended: Promise<void>
  /** All of its end is done. */
  done(): void
}

/**
 * Why it ended. A child that ran out of memory says nothing of a later end, hence the order and the time.
 * @param oomKilled the Engine's own word, which stays true from the first such child on
 */
export function exitOf(exitCode: number, heard: Heard, atMs: number, oomKilled: boolean): Exit {
  const oom = heard.oomAt === undefined ? oomKilled : atMs - heard.oomAt < OOM_LEADS_BY_MS
  return { exitCode, ...(exitCode === KILLED && oom && !heard.killed ? { reason: OUT_OF_MEMORY } : {}) }
}

export interface ContainerTable {
  /** Of a launch whose end was not told yet. */
  get(launch: Launch): LiveContainer | undefined
  /** Resolves when nothing of that launch is left. */
  ended(launch: Launch): Promise<void>
  all(): LiveContainer[]
  add(launch: Launch, id: string): LiveContainer
  remove(container: LiveContainer): void
  /** Notes what was heard. @returns of which container */
  hear(event: ContainerEvent): LiveContainer | undefined
}

const keyOf = (launch: Launch): string => `${launch.taskArn}#${launch.number}`

/** The containers that run for this driver. */
export function containerTable(): ContainerTable {
  const live = new Map<string, LiveContainer>()
  return {
    get: (launch) => {
      const found = live.get(keyOf(launch))
      return found?.state === 'told' ? undefined : found
    },
    ended: async (launch) => live.get(keyOf(launch))?.ended,
    all: () => [...live.values()],
    add: (launch, id) => {
      const { promise: ended, resolve: done } = Promise.withResolvers<void>()
      const container: LiveContainer = {
        launch,
        id,
        heard: { killed: false },
        state: 'running',
        logged: async () => undefined,
        ended,
        done,
      }
      live.set(keyOf(launch), container)
      return container
    },
    remove: (container) => {
      live.delete(keyOf(container.launch))
      container.done()
    },
    hear: ({ containerId, action, signal, atMs }) => {
      const found = [...live.values()].find(({ id }) => id === containerId)
      if (found && action === 'oom') found.heard.oomAt = atMs
      if (found && action === 'kill' && signal === constants.signals.SIGKILL) found.heard.killed = true
      return found
    },
  }
}
