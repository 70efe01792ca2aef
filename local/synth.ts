import { spawn } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** Synthesises the CDK app into a folder, exactly as it would be deployed, bundles included. */
export async function synthesise(outDir: string): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'cdk', 'app.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CDK_OUTDIR: outDir, CDK_VALIDATION: 'false' },
  })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit) => resolve(exit ?? 1))
  })
  if (code !== 0) throw new Error(`cdk synth failed:\n${Buffer.concat(said).toString('utf8')}`)
}
