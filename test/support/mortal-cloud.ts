import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import type { Cloud } from '../../local/cloud.ts'
import { readTemplate } from '../../local/template/template.ts'

const Where = z.object({ apiUrl: z.string(), endpointUrl: z.string() })

export interface MortalCloud {
  pid: number
  apiUrl: string
  /** As `issueKey` wants it. */
  cloud: Pick<Cloud, 'endpointUrl' | 'template'>
  /** kill -9 of the whole cloud; the nodes it runs are processes of their own and live on. */
  kill(): Promise<void>
  stop(): Promise<void>
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

/** Starts a local cloud in a process of its own on that data. */
export async function mortalCloud(dataDir: string, outDir: string): Promise<MortalCloud> {
  const script = new URL('./cloud-process.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`the cloud's process ended with ${code} before it was up`)
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([once(lines, 'line'), died])
  died.catch(() => undefined)
  const { apiUrl, endpointUrl } = Where.parse(JSON.parse(String(line)))
  const cloud = { endpointUrl, template: readTemplate(outDir, endpointUrl) }
  return { pid: child.pid ?? 0, apiUrl, cloud, kill: () => end(child, 'SIGKILL'), stop: () => end(child, 'SIGTERM') }
}
