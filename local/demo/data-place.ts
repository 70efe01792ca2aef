import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { messageOf, Trouble } from './trouble.ts'

/** Says that a directory is ours, and how what is in it is laid out. */
const MARKER = 'ringhold.json'
const FORMAT = 1

/** `docker`: its nodes are containers; a process would know nothing of one that still runs. */
const Marker = z.object({ format: z.int(), docker: z.boolean().default(false) })
type Marker = z.infer<typeof Marker>

function markerOf(directory: string): Marker | undefined {
  const file = join(directory, MARKER)
  return existsSync(file) ? Marker.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

/**
 * The directory of `--data`, made if need be; ours from now on.
 * @throws Trouble when it cannot be used: not a directory, somebody else's files, another version's data, nodes of the other kind
 */
export function openDataDirectory(given: string, docker = false): string {
  const next = 'Name another directory with --data; a new or empty one will do.'
  const directory = resolve(given)
  try {
    mkdirSync(directory, { recursive: true })
    const marker = markerOf(directory)
    if (!marker && readdirSync(directory).length > 0) throw new Error('it is not empty, and what is in it is not of Ringhold')
    if (marker && marker.format !== FORMAT) throw new Error(`it is of another version (format ${marker.format}, this one writes ${FORMAT})`)
    if (marker && marker.docker !== docker) throw new Error(`its nodes were started ${marker.docker ? 'with' : 'without'} --docker`)
    if (!marker) writeFileSync(join(directory, MARKER), `${JSON.stringify({ format: FORMAT, docker })}\n`)
    return realpathSync(directory)
  } catch (cause) {
    throw new Trouble(`${directory} cannot keep the data: ${messageOf(cause)}.`, next, { cause })
  }
}

/** What only one process may use at once: a data directory, or, where nothing is kept, this checkout with the system's temporary directory. */
export const claimedBy = (dataDir: string | undefined, root: string): string =>
  dataDir ?? `${realpathSync(tmpdir())}\n${realpathSync(root)}`
