import { copyFileSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Cloud, startCloud } from '../cloud.ts'
import { synthesise } from '../synth.ts'
import { throwaway } from '../throwaway.ts'
import type { Closers } from './closers.ts'
import { colors } from './colors.ts'
import { type Containers, openContainers } from './containers.ts'
import { type FunctionLog, openFunctionLog } from './function-log.ts'
import type { Interruption } from './interruption.ts'
import { type StartOptions, USUAL_PORT } from './options.ts'
import { startReceiver } from './receiver.ts'
import { RING_IMAGE } from './ring.ts'
import type { Place } from './running.ts'
import type { Screen } from './screen.ts'
import { demoOf, tell } from './story.ts'
import { messageOf, Trouble } from './trouble.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const CACHE = join(ROOT, '.cache')
/** The demo's receiver has neither a public name nor a certificate; the deployed functions refuse such targets. */
const LOOPBACK_WEBHOOKS = import.meta.resolve('../webhook-policy.ts')

export interface RunDeps {
  options: StartOptions
  /** Undefined: all of it is thrown away. */
  dataDir: string | undefined
  place: Place
  screen: Screen
  stop: Interruption
  closers: Closers
}

/**
 * Started before they are called, as many as one create uses at once: what Lambda would have kept warm. The others are called when
 * these have work; to start them ahead as well takes more time than it gives back.
 */
const WARM = { observe: 1, step: 3, ring: 1, deliver: 1 }

/** The template and the engine's program, side by side: neither needs the other. */
async function prepare({ screen, stop: { signal } }: RunDeps, containers: Containers, scratch: string): Promise<string> {
  const outDir = join(scratch, 'cdk.out')
  const synth = screen
    .during('synthesise the CDK app', () => synthesise(outDir, { signal, tempDir: scratch }))
    .catch((cause: unknown) => {
      throw new Trouble(messageOf(cause), '`npm run synth` runs it alone.', { cause })
    })
  const pull = screen
    .during(`find ${RING_IMAGE}`, () => containers.pull(RING_IMAGE))
    .catch((cause: unknown) => {
      const next = "With Debian's apt it is downloaded; or install the server itself, built with TLS."
      throw new Trouble(`${messageOf(cause)}.`, next, { cause })
    })
  const [synthesised, pulled] = await Promise.allSettled([synth, pull])
  for (const result of [synthesised, pulled]) if (result.status === 'rejected') throw result.reason
  return outDir
}

async function startParts(deps: RunDeps, containers: Containers, outDir: string, log: FunctionLog): Promise<Cloud> {
  const { options, dataDir, screen, stop, closers } = deps
  const cloud = await screen.during('start the template', () =>
    startCloud({
      outDir,
      images: containers.images,
      ...(containers.runtime ? { runtime: containers.runtime } : {}),
      ...(dataDir === undefined ? {} : { dataDir }),
      apiPort: options.port ?? USUAL_PORT,
      orFreePort: options.port === undefined,
      overrides: { api: LOOPBACK_WEBHOOKS, deliver: LOOPBACK_WEBHOOKS },
      logs: log.write,
      onError: (error, where) => {
        log.trouble(error, where)
        if (!stop.cause) screen.line(colors.yellow(`  ! ${where}: ${messageOf(error)} (more in ${log.path})`))
      },
    }),
  )
  closers.add(cloud.stop)
  for (const [name, count] of Object.entries(WARM)) cloud.lambda.warmUp(cloud.functionName(name), count)
  const moved = options.port === undefined && new URL(cloud.apiUrl).port !== String(USUAL_PORT) ? ` (port ${USUAL_PORT} is taken)` : ''
  screen.line(`\n  ${colors.bold('Watch it live')}: ${colors.cyan(`${cloud.apiUrl}/`)}${moved}\n`)
  return cloud
}

/** What is known of a failure; a log that would be thrown away is kept. */
function tellTrouble({ dataDir, screen }: RunDeps, log: FunctionLog): void {
  const errors = log.lastErrors()
  if (errors.length > 0) screen.line([colors.dim('\nThe last errors of functions:'), ...errors.map((line) => `  ${line}`)].join('\n'))
  const kept = dataDir === undefined ? join(CACHE, 'last-failure.log') : log.path
  if (dataDir === undefined) copyFileSync(log.path, kept)
  screen.line(colors.dim(`\nThe functions' log: ${kept}`))
}

/**
 * From nothing to a ring that was used. Whatever it opens is in `closers`, also when it fails.
 * @throws when any of it is not true, or it was interrupted
 */
export async function runDemo(deps: RunDeps): Promise<void> {
  const { options, dataDir, place, screen, stop, closers } = deps
  const scratch = throwaway('ringhold-')
  closers.add(scratch.remove)
  mkdirSync(CACHE, { recursive: true })
  const directory = dataDir ?? scratch.path
  const log = openFunctionLog(join(directory, 'functions.log'))
  closers.add(async () => log.close())
  const containers = await openContainers({ options, screen, signal: stop.signal, cacheDir: resolve(options.cacheDir ?? CACHE) })
  const outDir = await prepare(deps, containers, scratch.path)
  const receiver = await startReceiver(demoOf(directory)?.receiver_port)
  closers.add(receiver.stop)
  const trusted = demoOf(directory)?.webhook_secret
  if (trusted !== undefined) receiver.trust(trusted)
  stop.signal.throwIfAborted()
  const cloud = await startParts(deps, containers, outDir, log)
  place.note(cloud.apiUrl)
  try {
    const story = tell({ cloud, receiver, screen, directory, dataDir, logFile: log.path, signal: stop.signal })
    await Promise.race([story, stop.asked])
    stop.signal.throwIfAborted()
  } catch (error) {
    if (!stop.cause) tellTrouble(deps, log)
    throw error
  }
}
