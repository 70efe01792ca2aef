import { spawn } from 'node:child_process'
import { join } from 'node:path'

const CDK = join(import.meta.dirname, '..', '..', 'node_modules', 'aws-cdk', 'bin', 'cdk')

/** Where to deploy to. */
export interface Target {
  /** Of the emulator. */
  url: string
  account: string
  region: string
}

/** What failed comes before the taking back of everything else, and again after it. */
const complaint = (said: string): string => said.slice(Math.max(said.lastIndexOf('Failed resources:'), said.length - 4000, 0))

/**
 * The CDK's own command line, with nothing in its environment that leads to a real account.
 * @throws with the last of what it said when it fails
 */
export function cdk(args: string[], { url, region }: Target, cwd: string): Promise<void> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: cwd,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(cwd, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(cwd, 'none'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  }
  const all = [CDK, ...args, '--no-notices', '--no-version-reporting', '--ci']
  const child = spawn(process.execPath, all, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`cdk ${args[0]} ended with ${code}:\n${complaint(Buffer.concat(said).toString('utf8'))}`))
    })
  })
}
