import type { ActsDeps } from './acts.ts'
import type { AddressBlock } from './address-block.ts'
import { addressPool } from './addresses.ts'
import { type CapacityDeps, capacity } from './capacity.ts'
import { directories } from './directories.ts'
import type { Driver, DriverEvents } from './driver.ts'
import { announcer } from './events.ts'
import { type Fleet, fleet } from './fleet.ts'
import { type HostChanges, hostChanges } from './host-changes.ts'
import { type HostGroups, hostGroups } from './host-groups.ts'
import { type Instances, instances } from './instances.ts'
import { type LifeCycle, lifeCycle } from './life-cycle.ts'
import { metadataFiles } from './metadata-file.ts'
import { type Names, names } from './names.ts'
import type { EcsOptions } from './options.ts'
import { type PendingTimers, pendingTimers } from './pending-timers.ts'
import { processDriver } from './process-driver.ts'
import { type Recovery, recovery } from './recovery.ts'
import { type ScaleInDeps, scaleIn } from './scale-in.ts'
import type { Store } from './store.ts'
import { type Tasks, taskBook } from './tasks.ts'

/** The model's parts, wired. */
export interface Parts {
  store: Store
  names: Names
  fleet: Fleet
  tasks: Tasks
  changes: HostChanges
  instances: Instances
  groups: HostGroups
  acts: ActsDeps
  life: LifeCycle
  recovery: Recovery
  driver: Driver
  timers: PendingTimers
  /** AZs that are out, until this process ends. */
  lostAzs: Set<string>
  placeWaiting(): void
  /** From now on nothing is decided. */
  freeze(): void
}

const BOOT_MS = 300

function logError(error: unknown, where: string): void {
  console.error(`local ECS: ${where}:`, error)
}

export interface PartsDeps {
  options: EcsOptions
  store: Store
  tasks: Tasks
  fleet: Fleet
  announce: ReturnType<typeof announcer>
  block: AddressBlock
  ids(length: number): string
}

/** The book of tasks and hosts, which the metadata endpoint needs before anything can run. */
export function books(options: EcsOptions, store: Store, ids: (length: number) => string): Pick<PartsDeps, 'tasks' | 'fleet' | 'announce'> {
  const { account, region, timers, emit } = options
  const announce = announcer({ account, region, ids, now: timers.now, emit })
  return { announce, tasks: taskBook(store, announce, timers.now), fleet: fleet(store) }
}

function addresses({ store, tasks, block }: PartsDeps, driver: Driver): ActsDeps['addresses'] {
  const held = (): Set<string> =>
    new Set([
      ...tasks.all().flatMap((task) => (task.eni && task.lastStatus !== 'STOPPED' ? task.eni.address : [])),
      ...store.hosts.values().flatMap(({ address }) => address ?? []),
    ])
  return addressPool({ block: block.index, addressAt: driver.addressAt, network: store.network, held, isFree: driver.isAddressFree })
}

function actsOf(
  deps: PartsDeps,
  { timers, ...around }: Pick<ActsDeps, 'driver' | 'stopping' | 'freed'> & { timers: PendingTimers },
): ActsDeps {
  const { options, tasks, block, ids } = deps
  const places = directories(options.dataDir)
  return {
    ...around,
    tasks,
    addresses: addresses(deps, around.driver),
    readSecret: options.readSecret,
    directories: places,
    metadataFiles: metadataFiles({ tasks, directories: places, timers }),
    metadataUri: (runtimeId) => `${block.url}/v4/${runtimeId}`,
    ids,
    now: timers.now,
  }
}

/** Tasks that wait get their hosts, and hosts that nobody needs go. */
function scaling(deps: CapacityDeps & ScaleInDeps): () => void {
  const out = capacity(deps)
  const back = scaleIn(deps)
  return () => {
    out()
    back()
  }
}

export function assemble(deps: PartsDeps): Parts {
  const { options, store, tasks, fleet, announce, ids } = deps
  const timers = pendingTimers(options.timers)
  let frozen = false
  const makeDriver = options.driver ?? processDriver({ images: options.images, timers: options.timers })
  // The parts know each other in a ring: the driver tells the life cycle, which asks the driver, and both make room.
  const events: DriverEvents = { exited: (launch, exit) => life.exited(launch, exit) }
  const driver = makeDriver(events)
  const onError = options.onError ?? logError
  const acts = actsOf(deps, { driver, timers, stopping: () => frozen, freed: () => placeWaiting() })
  const life = lifeCycle({ ...acts, timers, delays: options.delays ?? {}, onError })
  const arns = names(options.account, options.region, options.clusters)
  const lostAzs = new Set<string>()
  const groups = hostGroups({
    ...options,
    lostAzs,
    store,
    fleet,
    announce,
    timers,
    ids,
    bootMs: options.hostBootMs ?? BOOT_MS,
    arn: arns.arn,
    addresses: acts.addresses,
    registered: () => placeWaiting(),
    stopping: () => frozen,
    onError,
  })
  const machines = instances(store, options.timers.now)
  const changes = hostChanges({ store, fleet, instances: machines, announce })
  const placeWaiting = scaling({
    tasks,
    fleet,
    groups,
    hostGroups: options.hostGroups,
    timers,
    poke: life.poke,
    changes,
    directories: acts.directories,
  })
  return {
    store,
    names: arns,
    fleet,
    tasks,
    changes,
    instances: machines,
    groups,
    acts,
    life,
    recovery: recovery(acts, life),
    driver,
    timers,
    lostAzs,
    placeWaiting,
    freeze: () => {
      frozen = true
      timers.cancelAll()
    },
  }
}
