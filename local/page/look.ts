import { AwsError } from '../aws/service.ts'
import type { Dynamo } from '../dynamodb/dynamo.ts'
import type { Ecs } from '../ecs/ecs.ts'
import { aheadMs } from '../faults/clock.ts'
import type { Faults } from '../faults/faults.ts'
import type { MovableTimers } from '../faults/movable-timers.ts'
import type { Ssm } from '../ssm/ssm.ts'
import type { Template } from '../template/template.ts'
import { isRecord } from '../workflows/paths.ts'
import type { Workflows } from '../workflows/workflows.ts'
import type { Activity } from './activity.ts'
import { askRing, type LiveRing } from './live-rings.ts'
import { ATTRIBUTES, type ClusterItem, type Items, type NodeItem, PREFIXES, sorted } from './rings.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'

export interface LookDeps {
  template: Template
  ecs: Ecs
  dynamo: Dynamo
  ssm: Pick<Ssm, 'read'>
  workflows: Workflows
  faults: Faults
  activity: Activity
  timers: MovableTimers
  /** Told why a ring could not be asked. */
  onError: (error: unknown) => void
}

/** How often rings are asked what they are: it changes with failovers only. */
const ASK_EVERY_MS = 2500

/** The table's items, read again only after a write. */
function tableReader({ dynamo, template }: Pick<LookDeps, 'dynamo' | 'template'>): { read(): Promise<Items>; stop(): void } {
  const [table] = template.tables
  let items: Items | undefined
  const stop = dynamo.onWrite(() => {
    items = undefined
  })
  return {
    stop,
    read: async () => {
      if (items) return items
      if (!table) return sorted([])
      const reading = sorted([])
      items = reading
      const found = sorted(await dynamo.items(table.name, PREFIXES, ATTRIBUTES))
      // Unless somebody has written meanwhile: then it is read again next time.
      if (items === reading) items = found
      return found
    },
  }
}

/** What rings say of themselves, asked in the background: nobody waits for a node that does not answer. */
function ringAsker({ ssm, onError }: Pick<LookDeps, 'ssm' | 'onError'>): { of(items: Items): ReadonlyMap<string, LiveRing> } {
  let live = new Map<string, LiveRing>()
  let askedAt = Number.NEGATIVE_INFINITY
  async function askOne({ id, resources: { credentials_parameter: name } }: ClusterItem, nodes: NodeItem[]): Promise<[string, LiveRing][]> {
    const mine = nodes.filter((node) => node.cluster_id === id)
    try {
      const ring = name === undefined ? undefined : await askRing(mine, ssm.read(name))
      return ring ? [[id, ring]] : []
    } catch (error) {
      // A ring that is being deleted loses its parameter before its record.
      if (!(error instanceof AwsError && error.code === 'ParameterNotFound')) onError(error)
      return []
    }
  }
  async function ask({ clusters, nodes }: Items): Promise<void> {
    live = new Map((await Promise.all(clusters.map((cluster) => askOne(cluster, nodes)))).flat())
  }
  return {
    of: (items) => {
      if (performance.now() - askedAt > ASK_EVERY_MS) {
        askedAt = performance.now()
        void ask(items)
      }
      return live
    },
  }
}

const machinesOf = ({ stateMachines }: Template) =>
  stateMachines.map(({ arn, name, definition }) => ({
    arn,
    name,
    states: isRecord(definition) && isRecord(definition.States) ? Object.keys(definition.States) : [],
  }))

/** @returns what takes a snapshot of the running cloud */
export function looker(deps: LookDeps): { look(): Promise<Snapshot>; stop(): void } {
  const table = tableReader(deps)
  const rings = ringAsker(deps)
  const machines = machinesOf(deps.template)
  return {
    stop: table.stop,
    look: async () => {
      const items = await table.read()
      return snapshotOf({
        ...{ ecs: deps.ecs, workflows: deps.workflows, activity: deps.activity, machines, items },
        hostGroups: deps.template.hostGroups,
        faults: deps.faults.active.list(),
        live: rings.of(items),
        clock: { ahead_ms: aheadMs(deps.timers) },
      })
    },
  }
}
