import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { messageOf, Trouble } from './trouble.ts'

/** Says that a directory is ours, and how what is in it is laid out. */
const MARKER = 'ringhold.json'
const FORMAT = 1

const Marker = z.object({ format: z.int() })

function formatOf(directory: string): number | undefined {
  const file = join(directory, MARKER)
  return existsSync(file) ? Marker.parse(JSON.parse(readFileSync(file, 'utf8'))).format : undefined
}

/**
 * The directory of `--data`, made if need be; ours from now on.
 * @throws Trouble when it cannot be used: not a directory, somebody else's files, another version's data
 */
export function openDataDirectory(given: string): string {
  const next = 'Name another directory with --data; a new or empty one will do.'
  const directory = resolve(given)
  try {
    mkdirSync(directory, { recursive: true })
    const format = formatOf(directory)
    if (format === undefined && readdirSync(directory).length > 0) throw new Error('it is not empty, and what is in it is not of Ringhold')
    if (format !== undefined && format !== FORMAT) throw new Error(`it is of another version (format ${format}, this one writes ${FORMAT})`)
    if (format === undefined) writeFileSync(join(directory, MARKER), `${JSON.stringify({ format: FORMAT })}\n`)
    return realpathSync(directory)
  } catch (cause) {
    throw new Trouble(`${directory} cannot keep the data: ${messageOf(cause)}.`, next, { cause })
  }
}

/** What only one process may use at once: a data directory, or, where nothing is kept, this checkout with the system's temporary directory. */
export const claimedBy = (dataDir: string | undefined, root: string): string =>
  dataDir ?? `${realpathSync(tmpdir())}\n${realpathSync(root)}`
