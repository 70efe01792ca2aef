import type { Clock } from '../platform/clock.ts'
import type { Containers } from '../platform/containers.ts'
import type { Inventory } from '../platform/inventory.ts'
import type { Log } from '../platform/log.ts'
import type { Names } from '../platform/names.ts'
import type { Network } from '../platform/network.ts'
import type { Secrets } from '../platform/secrets.ts'
import type { OwnTableDeps, TableDeps } from '../platform/tenant-table.ts'
import type { CellNames } from './things.ts'

export interface OrphanDeps extends TableDeps, OwnTableDeps {
  clock: Clock
  log: Log
  inventory: Inventory
  containers: Pick<Containers, 'deregisterFamily'>
  network: Pick<Network, 'remove'>
  names: Pick<Names, 'remove'>
  secrets: Pick<Secrets, 'delete'>
  cell: CellNames
  operationTimeoutSeconds: number
}
