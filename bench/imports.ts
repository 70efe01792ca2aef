import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundled } from '../cdk/bundle.ts'
import { FUNCTION_VARIABLES } from '../shared/platform/env.ts'
import { functionEnvironment } from '../test/cdk/function-environment.ts'
import { type Figure, median } from './figure.ts'

const ROUNDS = 41
const CLIENT = { bare: 'bench/bare-client' }

/** Milliseconds until a file has been imported by a process that has imported nothing before. */
function importMs(file: string): number {
  const program = `const start = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - start)`
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    env: functionEnvironment(FUNCTION_VARIABLES.api),
    encoding: 'utf8',
  })
  return Number(printed)
}

async function write(directory: string, name: string, built: ReturnType<typeof bundled>): Promise<{ file: string; bytes: number }> {
  const [output] = (await built).files
  if (!output) throw new Error(`nothing was built for ${name}`)
  const file = join(directory, `${name}.mjs`)
  writeFileSync(file, output.contents)
  return { file, bytes: output.contents.byteLength }
}

/**
 * The API's bundle: its size, and how long a fresh process takes to import it, against importing the DynamoDB client with the commands
 * that we use. That is bundled and minified by the same tool in two ways: with all that belongs to it, as it comes, and with all left out
 * that our bundles leave out. The three take turns.
 */
export async function importFigures(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ringhold-imports-'))
  try {
    const api = await write(directory, 'api', bundled({ api: 'functions/api' }, directory))
    const whole = await write(directory, 'whole', bundled(CLIENT, directory, 'whole'))
    const lean = await write(directory, 'lean', bundled(CLIENT, directory))
    const times = Array.from({ length: ROUNDS }, () => [api, whole, lean].map(({ file }) => importMs(file)))
    const [ours, theirs, least] = [0, 1, 2].map((which) => median(times.map((round) => round[which] ?? Number.NaN)))
    if (ours === undefined || theirs === undefined || least === undefined) throw new Error('nothing was imported')
    const note = `${(whole.bytes / 1000).toFixed(0)} kB, median of ${ROUNDS} fresh processes`
    return [
      { name: "the API's bundle", ours: api.bytes / 1000, unit: 'kB', target: 500 },
      { name: "import of the API's bundle / of the bare DynamoDB client", ours, theirs, unit: 'ms', target: 1.25, note },
      { name: 'the same / of that client without all that our bundles leave out', ours, theirs: least, unit: 'ms' },
    ]
  } finally {
    rmSync(directory, { recursive: true })
  }
}
