import { Construct } from 'constructs'
import { Alarms } from './alarms.ts'
import { dashboard } from './dashboard.ts'
import type { Watched } from './watched.ts'

/** What tells the platform team how the cell is: alarms, and the page to look at. docs/runbook.md says what to do. */
export class Observability extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id)
    const { all } = new Alarms(this, 'Alarms', watched)
    dashboard(this, watched, all)
  }
}
