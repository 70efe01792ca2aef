import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { openApiText } from '../shared/contract/openapi.ts'
import { FUNCTION_VARIABLES } from '../shared/platform/env.ts'
import { leftOut } from './left-out.ts'
import { importedFromClients, namedErrorsOnly } from './named-errors.ts'
import { undescribed } from './undescribed.ts'

const ROOT = join(import.meta.dirname, '..')
export const BUNDLES = join(ROOT, 'dist', 'functions')

/** CommonJS inside an ES module (ioredis) calls `require` for Node's own modules: https://github.com/evanw/esbuild/issues/1921 */
const REQUIRE = "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

/** Another synthesis may read the same folder: a file is there whole or not at all, and left alone when nothing changed. */
async function put(file: string, scratch: string, contents: Uint8Array): Promise<void> {
  if (existsSync(file) && (await readFile(file)).equals(contents)) return
  await mkdir(dirname(file), { recursive: true })
  const fresh = join(scratch, `.${process.pid}-${relative(scratch, file).replaceAll('/', '-')}`)
  await writeFile(fresh, contents)
  await rename(fresh, file)
}

const ALIAS = { '@aws-sdk/credential-provider-node': './shared/platform/lambda-credentials.ts' }

const SETTINGS = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.mjs' },
  write: false,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  // The default takes CommonJS builds first, which then fail with "Dynamic require" at import.
  mainFields: ['module', 'main'],
  banner: { js: REQUIRE },
  legalComments: 'none',
  logLevel: 'warning',
  // A name that a module left out (left-out.ts) no longer has.
  logOverride: { 'import-is-undefined': 'error' },
} satisfies BuildOptions

/**
 * Bundles in the way of all functions; `entryPoints` are paths from the root without their extension, by their path in `outdir`.
 * @param how `whole`: packages as they come, for comparison
 */
export async function bundled(entryPoints: Record<string, string>, outdir: string, how: 'lean' | 'whole' = 'lean') {
  const { plugin, unmet } = leftOut()
  const named = importedFromClients(['shared', 'functions'].map((folder) => join(ROOT, folder)))
  const lean = how === 'lean' ? { alias: ALIAS, plugins: [plugin, undescribed, namedErrorsOnly(named)] } : {}
  const entries = Object.entries(entryPoints).map(([out, file]) => ({ in: `${file}.ts`, out }))
  const { outputFiles } = await build({ ...SETTINGS, ...lean, entryPoints: entries, outdir })
  return { files: outputFiles, unmet: unmet() }
}

/**
 * Bundles every function into `<outDir>/<name>/index.mjs`, what is deployed and what runs locally. A function without its file
 * stops it with esbuild's own message. Answers bytes by function.
 */
export async function bundle(outDir: string = BUNDLES): Promise<Record<string, number>> {
  const names = Object.keys(FUNCTION_VARIABLES)
  const { files, unmet } = await bundled(Object.fromEntries(names.map((name) => [join(name, 'index'), join('functions', name)])), outDir)
  if (unmet.length > 0) throw new Error(`to be left out of the bundles, but not met: ${unmet.join(', ')}`)
  await Promise.all([
    ...files.map((file) => put(file.path, outDir, file.contents)),
    // Made here and not at run time: the generator and every schema's meta data stay out of the API's bundle.
    put(join(outDir, 'api', 'openapi.json'), outDir, Buffer.from(openApiText())),
  ])
  return Object.fromEntries(files.map((file) => [relative(outDir, dirname(file.path)), file.contents.byteLength]))
}
