import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const program = NAMES.find((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0)
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--remote-debugging-port=0', 'about:blank'],
]

/** Runs only where there is a Chromium; elsewhere its tests are counted as skipped, and say why. */
export function describeChromium(name: string, tests: () => void): void {
  if (program !== undefined) return void describe(name, tests)
  console.warn('skipped: no Chromium')
  describe.skip(`${name} (skipped: no Chromium)`, tests)
}

const Target = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }))
const Message = z.object({
  id: z.int().optional(),
  result: z.looseObject({}).optional(),
  error: z.object({ message: z.string() }).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
})
const Evaluated = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z.object({ exception: z.object({ description: z.string() }).optional() }).optional(),
})

/** One page of a browser. */
export interface Page {
  open(url: string): Promise<void>
  /** What that expression is in the page; a promise is waited for. @throws what it throws */
  evaluate(expression: string): Promise<unknown>
  /** The DevTools protocol: https://chromedevtools.github.io/devtools-protocol/ */
  call(method: string, params?: object): Promise<object>
  /** What the page wrote to its console, exceptions and refusals of its security policy included. */
  complaints: string[]
  close(): Promise<void>
}

async function debuggerOf(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('Chromium has no output')
  for await (const line of createInterface({ input: child.stderr })) {
    const [, port] = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line) ?? []
    if (port === undefined) continue
    child.stderr.resume()
    const targets = Target.parse(await (await fetch(`http://127.0.0.1:${port}/json/list`)).json())
    return targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? ''
  }
  throw new Error('Chromium ended before it could be spoken to')
}

/** Speaks to the page: commands have numbers, and so have their answers. */
async function connection(url: string, complaints: string[]): Promise<Page['call']> {
  const socket = new WebSocket(url)
  const waiting = new Map<number, (message: z.infer<typeof Message>) => void>()
  let last = 0
  socket.addEventListener('message', ({ data }) => {
    const message = Message.parse(JSON.parse(String(data)))
    if (message.id !== undefined) waiting.get(message.id)?.(message)
    else if (/exceptionThrown|entryAdded|consoleAPICalled/.test(message.method ?? '')) complaints.push(JSON.stringify(message.params))
  })
  await once(socket, 'open')
  return async (method, params = {}) => {
    last += 1
    const id = last
    const answer = new Promise<z.infer<typeof Message>>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const { result, error } = await answer
    waiting.delete(id)
    if (error) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }
}

export async function openChromium(): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'ringhold-chromium-'))
  const child = spawn(program ?? '', [...FLAGS, `--user-data-dir=${profile}`], { stdio: ['ignore', 'ignore', 'pipe'] })
  const complaints: string[] = []
  const call = await connection(await debuggerOf(child), complaints)
  for (const domain of ['Runtime', 'Log', 'Page']) await call(`${domain}.enable`)
  return {
    complaints,
    call,
    open: async (url) => void (await call('Page.navigate', { url })),
    evaluate: async (expression) => {
      const answer = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
      const { result, exceptionDetails } = Evaluated.parse(answer)
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the page threw')
      return result.value
    },
    close: async () => {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
