import { randomUUID } from 'node:crypto'
import { mkdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leash } from './leash.ts'

export interface Throwaway {
  readonly path: string
  /** Takes the directory away; whoever works in it has ended by then. */
  remove(): Promise<void>
}

/**
 * A directory in the system's temporary one that goes with this process, also after a kill -9.
 * @param before shell script that runs first in that case, with the directory as $1: ends whoever works in it
 */
export function throwaway(prefix: string, before = ''): Throwaway {
  const path = join(realpathSync(tmpdir()), `${prefix}${randomUUID()}`)
  // Before there is anything to take away. What is ended by others at the same moment may still write a little.
  const letGo = leash(`${before}\nsleep 0.5\nrm -rf -- "$1"`, path)
  mkdirSync(path, { mode: 0o700 })
  return {
    path,
    remove: async () => {
      rmSync(path, { recursive: true, force: true })
      await letGo()
    },
  }
}
