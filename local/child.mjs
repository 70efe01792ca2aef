// A child in the foreground, and what asks it to end. Plain JavaScript without a dependency, as is all that runs before there are packages.

/** To whoever waits, without mixing with what a program answers. */
export const say = (line) => process.stderr.write(`${line}\n`)

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }
/** npm's shell dies of a signal without handing it on, and npm may be killed outright: both are seen by a new parent. */
const PARENT_CHECK_MS = 500

/** The first signal that asked this process to end. */
let interrupted

/** The exit code of having been asked to end; undefined as long as nobody did. */
export const interruption = () => (interrupted ? 128 + NUMBERS[interrupted] : undefined)

/** Resolves with a child's exit code, 128 + n after a signal. A signal to us is a signal to it, and so is the end of npm. */
export function ended(child, name) {
  const pass = (signal) => {
    interrupted ??= signal
    // A terminal sends Ctrl-C to the whole group: twice would mean "at once" to it.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, pass)
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event === undefined || process.ppid === parent) return
    clearInterval(watch)
    pass('SIGTERM')
  }, PARENT_CHECK_MS)
  return new Promise((resolve) => {
    child.on('error', (error) => {
      say(`${name} cannot be started: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      for (const each of SIGNALS) process.off(each, pass)
      resolve(code ?? 128 + (NUMBERS[signal] ?? 9))
    })
  })
}
