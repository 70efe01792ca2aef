import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { leash } from './leash.ts'

const ROOT = join(import.meta.dirname, '..')

export interface SynthOptions {
  /** Ends it; it answers when it has ended. */
  signal?: AbortSignal
  /** For what it leaves half done when it is ended; the system's by default. */
  tempDir?: string
}

/**
 * Synthesises the CDK app into a folder, exactly as it would be deployed, bundles included.
 * @throws with its complaints when it fails
 */
export async function synthesise(outDir: string, { signal, tempDir }: SynthOptions = {}): Promise<void> {
  signal?.throwIfAborted()
  const child = spawn(process.execPath, [join(ROOT, 'cdk', 'app.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CDK_OUTDIR: outDir, CDK_VALIDATION: 'false', ...(tempDir === undefined ? {} : { TMPDIR: tempDir }) },
  })
  // It would write on into a directory that is taken away.
  const letGo = child.pid === undefined ? undefined : leash('kill -9 "$1"', String(child.pid))
  const end = (): void => {
    child.kill()
  }
  signal?.addEventListener('abort', end)
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit) => resolve(exit ?? 1))
  }).finally(async () => {
    signal?.removeEventListener('abort', end)
    await letGo?.()
  })
  signal?.throwIfAborted()
  if (code !== 0) throw new Error(`the CDK app cannot be synthesised:\n${Buffer.concat(said).toString('utf8').trimEnd()}`)
}
