import { join } from 'node:path'
import { claimedBy } from '../demo/data-place.ts'
import { USUAL_PORT } from '../demo/options.ts'
import { runningAt } from '../demo/running.ts'
import { wantedBy } from './command-line.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Where the cloud is that nothing more is said of: the `npm start` of this checkout that keeps no data, or the usual port. */
async function usualCloud(): Promise<string> {
  const running = await runningAt(claimedBy(undefined, ROOT))
  return running?.apiUrl ?? `http://127.0.0.1:${USUAL_PORT}`
}

async function main(): Promise<number> {
  const wanted = wantedBy(process.argv.slice(2))
  if ('print' in wanted) {
    console.log(wanted.print)
    return wanted.exitCode
  }
  const { method, path, body, port } = wanted
  const url = port === undefined ? await usualCloud() : `http://127.0.0.1:${port}`
  const request = { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) }
  const response = await fetch(`${url}${path}`, request).catch(() => undefined)
  if (!response) {
    console.error(`No local cloud answers at ${url}. Start one with npm start, or say where it is with --port N.`)
    return 1
  }
  const text = await response.text()
  ;(response.ok ? console.log : console.error)(text.trimEnd())
  return response.ok ? 0 : 1
}

process.exit(await main())
