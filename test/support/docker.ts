import { join } from 'node:path'
import type Docker from 'dockerode'
import { openDocker } from '../../local/docker.ts'

export const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'images')

const answer: Docker | Error = await openDocker().catch((error: unknown) => (Error.isError(error) ? error : new Error(String(error))))

/** The Engine of this machine. @throws why there is none */
export function givenDocker(): Docker {
  if (Error.isError(answer)) throw answer
  return answer
}

/** Runs only where there is an Engine; elsewhere its tests are counted as skipped, and say why. */
export function describeDocker(name: string, tests: () => void): void {
  if (Error.isError(answer)) {
    console.warn(`skipped: no Docker (${answer.message})`)
    describe.skip(`${name} (skipped: no Docker)`, tests)
  } else describe(name, tests)
}
