import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { jsonService } from '../aws/json-protocol.ts'
import type { AwsService } from '../aws/service.ts'
import { launchOf } from './acts.ts'
import { type AddressBlock, claimBlockOf } from './address-block.ts'
import { clusterOperations } from './cluster-operations.ts'
import { definitionOperations } from './definition-operations.ts'
import { definitions } from './definitions.ts'
import { loseAz, loseHost, restoreAz } from './host-loss.ts'
import { hostOperations } from './host-operations.ts'
import type { HostState } from './host-shape.ts'
import { interfacesOf, type TaskInterface } from './interfaces.ts'
import { metadataEndpoint } from './metadata.ts'
import type { EcsOptions } from './options.ts'
import { assemble, books, type Parts, type PartsDeps } from './parts.ts'
import type { HostRecord, InstanceRecord, TaskRecord } from './records.ts'
import { endAll, putToSleep } from './shutdown.ts'
import { openStore, type Store } from './store.ts'
import { taskOperations } from './task-operations.ts'

export interface Ecs {
  /** `ecs`, JSON 1.1. */
  readonly service: AwsService
  /** Brings the model to life, at the first start and after every other: hosts, adopted and paused tasks, what waits. To be called once. */
  resume(): Promise<void>
  hosts(): HostState[]
  tasks(): TaskRecord[]
  networkInterfaces(): TaskInterface[]
  /** The machines of hosts, as EC2 knows them: those that were terminated lately too. */
  instances(): InstanceRecord[]
  /** Sends a signal to a task's process, as if it died by itself. @returns whether there was one */
  killTask(arn: string, signal?: NodeJS.Signals): boolean
  /** With its disk; one whose agent is silent stays on ECS' books, and so do its tasks. @throws when there is no such host any more */
  killHost(arn: string): void
  /** All its hosts die, and none comes until it is restored. @throws when no host group is there */
  loseAz(az: string): void
  restoreAz(az: string): void
  /** The agent goes silent: its tasks run on, and nothing is told of them until it is back. @throws when there is no such host any more */
  setAgentConnected(hostArn: string, connected: boolean): Promise<void>
  /** It takes no new tasks, or takes them again: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html */
  setDraining(hostArn: string, draining: boolean): void
  /** `keep`: tasks are put to sleep and come back with `resume`. `end`: nothing is left, neither process nor file. */
  stop(mode: 'keep' | 'end'): Promise<void>
}

const randomHex = (length: number): string =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length)

function serviceOf(parts: Parts, options: EcsOptions, ids: (length: number) => string): AwsService {
  const { store, names, fleet, tasks, changes, recovery, acts, life, placeWaiting } = parts
  const { clusters, hostGroups, subnets } = options
  const now = options.timers.now
  const book = definitions(store, names, now)
  return jsonService('ecs', 'AmazonEC2ContainerServiceV20141113', {
    ...definitionOperations(book),
    ...taskOperations({
      ...{ tasks, definitions: book, names, hostGroups, subnets, ids, now },
      demand: placeWaiting,
      poke: life.poke,
      forgotten: (task) => acts.directories.dropTask(task.id),
    }),
    ...hostOperations({ store, fleet, names, changes, recovery, demand: placeWaiting }),
    ...clusterOperations({ store, names, clusters, hostGroups }),
  })
}

/** Damaged data must not keep the block from whoever repairs it. */
async function openStoreUnder(block: AddressBlock, dataDir: string): Promise<Store> {
  try {
    return openStore(dataDir)
  } catch (error) {
    await block.release()
    throw error
  }
}

function checkOptions({ hostGroups, clusters, subnets }: EcsOptions): void {
  for (const { capacityProvider, clusterName, az } of hostGroups) {
    if (!clusters.some(({ name }) => name === clusterName)) throw new Error(`${capacityProvider} is of an unknown cluster ${clusterName}`)
    if (!subnets.some((subnet) => subnet.az === az)) throw new Error(`${capacityProvider} is in ${az}, where tasks have no subnet`)
  }
}

/**
 * A model of Amazon ECS on EC2 hosts: placement, capacity providers that wait and scale, the life cycle with its events,
 * client tokens, one network interface a task, disks that die with their hosts; the containers are real processes.
 * @throws where another local cloud holds this data's address block
 */
export async function createEcs(options: EcsOptions): Promise<Ecs> {
  checkOptions(options)
  mkdirSync(options.dataDir, { recursive: true })
  const ids = options.ids ?? randomHex
  let known: Pick<PartsDeps, 'tasks' | 'fleet' | 'announce'> | undefined
  const block = await claimBlockOf(
    options.dataDir,
    metadataEndpoint(() => known?.tasks),
  )
  const store = await openStoreUnder(block, options.dataDir)
  known = books(options, store, ids)
  const parts = assemble({ ...known, options, store, block, ids })
  const { tasks, recovery, driver, acts, changes, groups, placeWaiting } = parts

  function hostOf(arn: string): HostRecord {
    const host = store.hosts.get(arn)
    if (!host) throw new Error(`there is no host ${arn}`)
    return host
  }
  function livingHost(arn: string): HostRecord {
    const host = hostOf(arn)
    if (host.gone) throw new Error(`host ${arn} is gone`)
    return host
  }
  return {
    service: serviceOf(parts, options, ids),
    resume: async () => {
      acts.directories.keepOnly(new Set(store.hosts.values().map(({ id }) => id)), new Set(tasks.all().map(({ id }) => id)))
      await Promise.all(tasks.all().map(recovery.recover))
      await driver.recovered()
      await groups.resume()
      placeWaiting()
    },
    hosts: () => parts.fleet.states(),
    tasks: tasks.all,
    instances: parts.instances.all,
    networkInterfaces: () => interfacesOf(tasks.all()),
    killTask: (arn, signal = 'SIGKILL') => {
      const task = tasks.get(arn)
      return task !== undefined && driver.kill(launchOf(acts, task), signal)
    },
    killHost: (arn) => loseHost(parts, options.hostGroups, livingHost(arn)),
    loseAz: (az) => {
      if (!options.hostGroups.some((group) => group.az === az)) throw new Error(`there are no hosts in ${az}`)
      loseAz(parts, options.hostGroups, az)
    },
    restoreAz: (az) => restoreAz(parts, az),
    setAgentConnected: async (arn, connected) => {
      changes.setAgent(livingHost(arn), connected)
      if (!connected) return
      await Promise.all(tasks.all().flatMap((task) => (task.hostArn === arn ? [recovery.recover(task)] : [])))
      placeWaiting()
    },
    setDraining: (arn, draining) => {
      changes.setStatus(hostOf(arn), draining ? 'DRAINING' : 'ACTIVE')
      placeWaiting()
    },
    stop: async (mode) => {
      parts.freeze()
      await driver.close()
      await (mode === 'keep' ? putToSleep(parts) : endAll(parts, options.dataDir))
      await block.release()
    },
  }
}
