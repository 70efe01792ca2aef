import { constants } from 'node:os'

/** Why it is to end before its time. */
export type Cause = { signal: NodeJS.Signals } | { error: unknown }

export interface Interruption {
  /** Aborted from the moment it is to end. */
  readonly signal: AbortSignal
  readonly cause: Cause | undefined
  /** Resolves when it is to end. */
  readonly asked: Promise<void>
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** As shells count: 128 and the signal's number; 1 for an error. */
export const exitCodeOf = (cause: Cause): number => ('signal' in cause ? 128 + constants.signals[cause.signal] : 1)

/**
 * Everything that may ask this process to end: signals, the end of the process that started it, a reader of its output that went away, an
 * error nobody caught. Only the first counts: a second Ctrl-C finds that it ends already. From now on none of them ends it at once.
 */
export function watchForInterruption(): Interruption {
  const controller = new AbortController()
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  let cause: Cause | undefined
  function interrupt(why: Cause): void {
    if (cause) return
    cause = why
    controller.abort(new Error('interrupted'))
    resolve()
  }
  for (const signal of SIGNALS) process.on(signal, () => interrupt({ signal }))
  // The channel to `local/bootstrap.mjs`, which may have been killed.
  process.on('disconnect', () => interrupt({ signal: 'SIGHUP' }))
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => interrupt({ signal: 'SIGHUP' }))
  process.on('uncaughtException', (error) => interrupt({ error }))
  return {
    signal: controller.signal,
    get cause() {
      return cause
    },
    asked,
  }
}
