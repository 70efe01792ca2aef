import { join } from 'node:path'
import { openClosers } from './demo/closers.ts'
import { colors } from './demo/colors.ts'
import { claimedBy, openDataDirectory } from './demo/data-place.ts'
import { exitCodeOf, type Interruption, watchForInterruption } from './demo/interruption.ts'
import { parseOptions, type StartOptions } from './demo/options.ts'
import { refuseTakenPort } from './demo/ports.ts'
import { type RunDeps, runDemo } from './demo/run.ts'
import { claim, type Place, type Running } from './demo/running.ts'
import { openScreen } from './demo/screen.ts'
import { messageOf, Trouble } from './demo/trouble.ts'

const ROOT = join(import.meta.dirname, '..')
/** Far more than it takes: nodes have 10 s to write what they have in memory. */
const STOP_WITHIN_MS = 30_000

const sayTaken = ({ pid, apiUrl }: Running): Trouble =>
  new Trouble(
    `Ringhold runs here already (process ${pid}): ${apiUrl ?? 'it is still starting'}`,
    'Use that one, or start another beside it with a directory of its own: npm start -- --data DIR',
  )

function complain(error: unknown): void {
  console.error(`\n${colors.red('✗')} ${messageOf(error)}`)
  if (error instanceof Trouble) console.error(`  ${error.next}`)
}

async function placeFor(options: StartOptions): Promise<{ dataDir: string | undefined; place: Place }> {
  const dataDir = options.dataDir === undefined ? undefined : openDataDirectory(options.dataDir, options.docker)
  const place = await claim(claimedBy(dataDir, ROOT))
  if ('taken' in place) throw sayTaken(place.taken)
  return { dataDir, place }
}

/** Closes all there is, within a bound: what would still be there then ends with this process. */
async function close({ closers, place }: Pick<RunDeps, 'closers' | 'place'>): Promise<boolean> {
  const late = setTimeout(() => {
    console.error(`It did not stop within ${STOP_WITHIN_MS / 1000} s, and is ended now.`)
    process.exit(1)
  }, STOP_WITHIN_MS)
  const failures = await closers.closeAll()
  await place.release()
  clearTimeout(late)
  for (const failure of failures) complain(failure)
  return failures.length === 0
}

function outcome({ cause }: Interruption, options: StartOptions, told: boolean, failed: boolean): number {
  // Ctrl-C is how it is meant to end once it is up.
  if (cause && 'signal' in cause) return told && !options.once ? 0 : exitCodeOf(cause)
  return failed || cause ? 1 : 0
}

async function run(options: StartOptions): Promise<number> {
  const { dataDir, place } = await placeFor(options)
  const stop = watchForInterruption()
  const screen = openScreen()
  const closers = openClosers()
  void stop.asked.then(() => {
    screen.close()
    if (stop.cause && 'error' in stop.cause) complain(stop.cause.error)
    console.log(`\nStopping${dataDir === undefined ? '' : `; npm start -- --data ${options.dataDir} comes back with it`} ...`)
  })
  let told = false
  let failed = false
  try {
    await refuseTakenPort(options.port)
    screen.line(colors.bold('\nRinghold, the deployed template on this machine\n'))
    await runDemo({ options, dataDir, place, screen, stop, closers })
    told = true
    screen.line(colors.dim(options.once ? 'It stops now; without --once it stays up for the commands above.' : 'It stays up until Ctrl-C.'))
    if (!options.once) await stop.asked
  } catch (error) {
    failed = !stop.cause
    screen.close()
    if (failed) complain(error)
  }
  screen.close()
  const clean = await close({ closers, place })
  if (stop.cause && clean) console.log('Stopped.')
  return outcome(stop, options, told, failed || !clean)
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if ('print' in options) {
    console.log(options.print)
    return options.exitCode
  }
  try {
    return await run(options)
  } catch (error) {
    complain(error)
    return 1
  }
}

process.exit(await main())
