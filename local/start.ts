import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pc from 'picocolors'
import { type Cloud, startCloud } from './cloud.ts'
import { api } from './demo/api.ts'
import { nextSteps } from './demo/next-steps.ts'
import { parseOptions, type StartOptions } from './demo/options.ts'
import { issueKey } from './demo/platform-key.ts'
import { type Receiver, startReceiver } from './demo/receiver.ts'
import { createRing, showRing, showTimeline } from './demo/ring.ts'
import { claim } from './demo/running.ts'
import { type Demo, makeTenant, readDemo, writeDemo } from './demo/tenant.ts'
import { createImages } from './images/images.ts'
import { synthesise } from './synth.ts'

const ROOT = join(import.meta.dirname, '..')
const OUT = join(ROOT, 'cdk.out')
/** The demo's receiver has neither a public name nor a certificate; the deployed functions refuse such targets. */
const LOOPBACK_WEBHOOKS = import.meta.resolve('./webhook-policy.ts')

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now()
  const result = await work()
  console.log(`  ${pc.green('✓')} ${what} ${pc.dim(`${Date.now() - start} ms`)}`)
  return result
}

/** The demo's tenant as it was left, or a new one with its key and webhook. */
async function givenTenant(cloud: Cloud, file: string, demo: Demo | undefined, receiver: Receiver): Promise<Demo> {
  if (demo) return demo
  const made = await makeTenant(cloud.apiUrl, await issueKey(cloud), receiver)
  writeDemo(file, made)
  return made
}

/** The story: a tenant, a ring, its webhook, its use. Throws when any of it is not true. */
async function tell(cloud: Cloud, dataDir: string, receiver: Receiver, before: Demo | undefined): Promise<void> {
  const file = join(dataDir, 'demo.json')
  const demo = await timed(before ? 'tenant, key and webhook are back' : 'a tenant, its key, its webhook', () =>
    givenTenant(cloud, file, before, receiver),
  )
  receiver.trust(demo.webhook_secret)
  const tenant = api(cloud.apiUrl, demo.key)
  console.log(pc.bold(demo.cluster_id ? '\nThe ring that was made before\n' : '\nPOST /v1/clusters\n'))
  const made = demo.cluster_id ? undefined : await createRing(tenant, receiver)
  const clusterId = demo.cluster_id ?? made?.clusterId ?? ''
  writeDemo(file, { ...demo, cluster_id: clusterId })
  if (made) console.log(`    ${pc.green('✓')} cluster.ready received, its signature verified`)
  const connection = await showRing(tenant, clusterId)
  if (made) showTimeline(made)
  console.log(nextSteps(cloud.apiUrl, demo, clusterId, connection))
}

const untilSignal = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
  })

async function run(options: StartOptions, dataDir: string, note: (apiUrl: string) => void): Promise<void> {
  const stopping = untilSignal()
  await timed('synthesised the CDK app', () => synthesise(OUT))
  const before = readDemo(join(dataDir, 'demo.json'))
  const receiver = await startReceiver(before?.receiver_port ?? 0)
  if (before) receiver.trust(before.webhook_secret)
  const cloud = await timed('started the template', () =>
    startCloud({
      outDir: OUT,
      ...(options.dataDir === undefined ? {} : { dataDir }),
      apiPort: options.port,
      images: createImages({ cacheDir: join(ROOT, '.cache', 'images'), path: process.env.PATH ?? '' }),
      overrides: { api: LOOPBACK_WEBHOOKS, deliver: LOOPBACK_WEBHOOKS },
    }),
  )
  try {
    note(cloud.apiUrl)
    await Promise.race([tell(cloud, dataDir, receiver, before), stopping])
    if (!options.once) await stopping
  } finally {
    await cloud.stop()
    await receiver.stop()
  }
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if ('print' in options) {
    console.log(options.print)
    return options.exitCode
  }
  const place = claim(join(ROOT, '.cache', 'running.json'))
  if ('taken' in place) {
    console.error(`Ringhold runs here already (process ${place.taken.pid}): ${place.taken.apiUrl ?? 'it is still starting'}`)
    return 1
  }
  const dataDir = options.dataDir === undefined ? mkdtempSync(join(tmpdir(), 'ringhold-')) : resolve(options.dataDir)
  console.log(pc.bold('\nRinghold, the deployed template on this machine\n'))
  try {
    await run(options, dataDir, place.note)
    return 0
  } catch (error) {
    console.error(pc.red(`\n${Error.isError(error) ? error.message : String(error)}\n`))
    return 1
  } finally {
    place.release()
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
}

process.exitCode = await main()
