import { App } from 'aws-cdk-lib'
import { BUNDLES, bundle } from './bundle.ts'
import { Cell } from './cell.ts'
import { config } from './config.ts'

// Synthesises into CDK_OUTDIR, which the CDK CLI sets as well.
await bundle()
const app = new App({
  analyticsReporting: false,
  treeMetadata: false,
  // Names the folder of each function's code in the template, for whoever runs it without AWS.
  postCliContext: { 'aws:cdk:enable-asset-metadata': true, 'aws:cdk:enable-path-metadata': true },
})
new Cell(app, { config, bundles: BUNDLES })
app.synth()
