import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'
import { openApiText } from '../shared/contract/openapi.ts'
import { FUNCTION_VARIABLES } from '../shared/platform/env.ts'

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

/**
 * Bundles every function into `<outDir>/<name>/index.mjs`, what is deployed and what runs locally. A function without its file
 * stops it with esbuild's own message. Answers bytes by function.
 */
export async function bundle(outDir: string = BUNDLES): Promise<Record<string, number>> {
  const names = Object.keys(FUNCTION_VARIABLES)
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: names.map((name) => ({ in: join('functions', `${name}.ts`), out: join(name, 'index') })),
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // The default takes CommonJS builds first, which then fail with "Dynamic require" at import.
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': './shared/platform/lambda-credentials.ts' },
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'warning',
  })
  await Promise.all([
    ...result.outputFiles.map((file) => put(file.path, outDir, file.contents)),
    // Made here and not at run time: the generator and every schema's meta data stay out of the API's bundle.
    put(join(outDir, 'api', 'openapi.json'), outDir, Buffer.from(openApiText())),
  ])
  return Object.fromEntries(result.outputFiles.map((file) => [relative(outDir, dirname(file.path)), file.contents.byteLength]))
}
