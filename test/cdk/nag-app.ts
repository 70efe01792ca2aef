import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { Cell } from '../../cdk/cell.ts'
import { config } from '../../cdk/configured.ts'

// The cell with all rules on, in a process of its own: `node nag-app.ts <bundles> <cell>`. Fails when a finding was not acknowledged.
const [bundles = '', cell = config.cell] = process.argv.slice(2)
const app = new App({ analyticsReporting: false })
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
new Cell(app, { config: { ...config, cell }, bundles })
app.synth()
