import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { App } from 'aws-cdk-lib'
import { BUNDLES, bundle } from './bundle.ts'
import { Cell } from './cell.ts'
import { ConfigError, cellsOf } from './cells.ts'

const ROOT = join(import.meta.dirname, '..')

/** Synthesises into CDK_OUTDIR, which the CDK CLI sets as well. `file` is the configuration, from the root of the project. */
async function synthesise(file: string): Promise<void> {
  const { default: configuration }: { default?: unknown } = await import(pathToFileURL(join(ROOT, file)).href)
  const cells = cellsOf(configuration)
  await bundle()
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    // Names the folder of each function's code in the template, for whoever runs it without AWS.
    postCliContext: { 'aws:cdk:enable-asset-metadata': true, 'aws:cdk:enable-path-metadata': true },
  })
  for (const config of cells) new Cell(app, { config, cells, bundles: BUNDLES })
  app.synth()
}

const [file = 'ringhold.config.ts'] = process.argv.slice(2)
try {
  await synthesise(file)
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(`${file} cannot be deployed:\n${error.message}`)
  process.exitCode = 1
}
