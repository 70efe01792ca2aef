import type Docker from 'dockerode'
import type { Timers } from '../timers.ts'
import { endings } from './docker-endings.ts'
import { engine as engineOf } from './docker-engine.ts'
import { type ContainerEvent, dockerEvents } from './docker-events.ts'
import { cloudId, type DockerPlace, LABEL, nameOf } from './docker-labels.ts'
import { removeLeftovers } from './docker-leftovers.ts'
import { bridgeNetwork, hostNetwork } from './docker-network.ts'
import { recoverContainer } from './docker-recover.ts'
import { failAs, startContainer } from './docker-start.ts'
import { containerTable } from './docker-table.ts'
import { type ContainerPlan, type Driver, type DriverEvents, type Launch, StartFailure } from './driver.ts'

export interface DockerDriverDeps {
  docker: Docker
  images: { pull(image: string): Promise<string> }
  timers: Timers
  place: DockerPlace
  /** Tasks get a network of their own, in place of the machine's. */
  bridge?: boolean
  /** What went wrong with a container that nobody waits for. */
  onError(error: unknown, where: string): void
}

/** The parts of a driver that know each other: containers, what is heard of them, and how they end. */
function watch({ docker, timers, place, bridge, onError }: DockerDriverDeps, exited: DriverEvents['exited']) {
  const engine = engineOf(docker)
  const table = containerTable()
  const ends = endings({ engine, table, exited, onError })
  const network = bridge ? bridgeNetwork({ docker, engine, place }) : hostNetwork
  const report = (error: unknown): void => onError(error, 'Docker Engine')
  let closing = false
  let hungUp: Promise<void> | undefined

  /** When the last container is gone, nothing more is to be heard. */
  async function hangUp(): Promise<void> {
    if (!closing || table.all().length > 0) return
    events.close()
    hungUp ??= network.close()
    await hungUp
  }
  function seen(event: ContainerEvent): void {
    const container = table.hear(event)
    if (container && event.action === 'die') void ends.finish(container, event.exitCode, event.atMs).then(hangUp).catch(report)
  }
  const events = dockerEvents({
    ...{ docker, timers, seen },
    label: `${LABEL.cloud}=${cloudId(place)}`,
    resumed: () => void ends.lookAgain().catch(report),
  })
  return {
    ...{ docker, place, engine, table, network, endings: ends, events, report, hangUp },
    isClosing: (): boolean => closing,
    beginClosing: (): void => {
      closing = true
    },
  }
}

/** Runs containers in Docker Engine, on this machine's own network: each task binds its loopback address, as processes do. */
export function dockerDriver(deps: DockerDriverDeps): (driverEvents: DriverEvents) => Driver {
  const { docker, images, timers, place } = deps
  return ({ exited }) => {
    const watched = watch(deps, exited)
    const { engine, table, network, events, report, hangUp } = watched
    const starting = new Map<string, Promise<void>>()
    let machine: Promise<number> | undefined

    const processors = (): Promise<number> => {
      machine ??= docker.info().then(({ NCPU }: { NCPU: number }) => NCPU)
      return machine
    }
    async function start(launch: Launch, plan: ContainerPlan): Promise<void> {
      const [image] = await Promise.all([images.pull(plan.image).catch(failAs('CannotPullContainerError')), events.opened()])
      if (watched.isClosing()) throw new StartFailure('CannotStartContainerError: the local cloud is stopping')
      const running = startContainer({ ...watched, processors }, launch, plan, image)
      starting.set(nameOf(place, launch), running)
      await running.finally(() => starting.delete(nameOf(place, launch)))
    }
    async function stop(launch: Launch, timeoutMs: number): Promise<void> {
      const found = table.get(launch)
      const signal = (name: NodeJS.Signals): void => void (found && engine.signal(found.id, name).catch(report))
      signal('SIGTERM')
      const cancel = timers.after(timeoutMs, () => signal('SIGKILL'))
      await table.ended(launch)
      cancel()
      await hangUp()
    }
    const isKnown = (name: string): boolean => starting.has(name) || table.all().some(({ launch }) => nameOf(place, launch) === name)
    return {
      start,
      stop,
      recover: async (launch) => {
        await events.opened()
        return table.get(launch) ? { state: 'running' } : recoverContainer(watched, launch)
      },
      recovered: () => removeLeftovers(watched, isKnown),
      kill: (launch, signal) => {
        const found = table.get(launch)
        if (found) void engine.signal(found.id, signal).catch(report)
        return found !== undefined
      },
      isAddressFree: network.isAddressFree,
      ...(network.addressAt ? { addressAt: network.addressAt } : {}),
      close: async () => {
        watched.beginClosing()
        await Promise.allSettled(starting.values())
        await hangUp()
      },
    }
  }
}
