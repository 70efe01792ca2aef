import { changeCluster, readCluster } from '../../clusters/lease.ts'
import type { ClusterRecord, Resources } from '../../clusters/record.ts'
import type { Change, TenantTable } from '../../platform/tenant-table.ts'
import type { StepDeps } from '../deps.ts'

/** What a step works with: the cluster as it was when the step began, and which members it is about. */
export interface StepContext {
  deps: StepDeps
  table: TenantTable
  cluster: ClusterRecord
  ordinals: number[]
}

/** A step is idempotent and answers a short detail for the operation's timeline, or nothing. */
export type StepRun = (context: StepContext) => Promise<string | undefined>

/** Somebody else acts for the cluster now, or it is wanted otherwise: what this step would do may be wrong. */
export class Superseded extends Error {
  constructor() {
    super('another execution acts for the cluster, or its desired state has changed')
    this.name = 'Superseded'
  }
}

/** Not now: nothing failed, and the planner knows when to come again. */
export class NotYet extends Error {
  constructor() {
    super('the step waits for its turn')
    this.name = 'NotYet'
  }
}

/** Reads the fence and the generation again; for right before what cannot be undone, and while waiting. Answers the cluster as it is now. */
export async function assertCurrent({ table, cluster }: StepContext): Promise<ClusterRecord> {
  const now = await readCluster(table, cluster.id)
  if (now?.fence !== cluster.fence || now.generation !== cluster.generation) throw new Superseded()
  return now
}

/** Changes the cluster under the fence of this step. */
export async function changeFenced(context: StepContext, change: Change): Promise<void> {
  const changed = await changeCluster(context.table, context.cluster.id, {
    ...change,
    condition: 'fence = :fence',
    values: { ...change.values, ':fence': context.cluster.fence },
  })
  if (!changed) throw new Superseded()
}

/** Writes down one thing that was made or taken back. */
export const noteResource = <K extends keyof Resources>(context: StepContext, name: K, value: Resources[K]): Promise<void> =>
  changeFenced(context, { update: 'SET resources.#name = :value', names: { '#name': name }, values: { ':value': value } })
