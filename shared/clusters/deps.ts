import type { Clock } from '../platform/clock.ts'
import type { HostClass, Prices } from '../platform/env.ts'
import type { Log } from '../platform/log.ts'
import type { InvokePreview } from '../platform/preview.ts'
import type { TableDeps } from '../platform/tenant-table.ts'
import type { ConnectionDeps } from './connection.ts'
import type { ClusterRecord } from './record.ts'
import type { TransitionDeps } from './transitions.ts'

/** What deciding over clusters needs. */
export interface ClusterDeps extends TableDeps, TransitionDeps, ConnectionDeps {
  clock: Clock
  log: Log
  hostClasses: HostClass[]
  prices: Prices
  /** Asks where a cluster would go, as the hosts are now. */
  preview: InvokePreview
  /** Starts the loop at once. Only a hint: the table's stream starts it too. */
  startWork(cluster: ClusterRecord): Promise<void>
}
