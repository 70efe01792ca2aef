import type Docker from 'dockerode'
import type { Timers } from '../timers.ts'
import { endings } from './docker-endings.ts'
import { engine as engineOf } from './docker-engine.ts'
import { type ContainerEvent, dockerEvents } from './docker-events.ts'
import { cloudId, type DockerPlace, LABEL, nameOf } from './docker-labels.ts'
import { leftovers } from './docker-leftovers.ts'
import { recoverContainer } from './docker-recover.ts'
import { failAs, startContainer } from './docker-start.ts'
import { containerTable } from './docker-table.ts'
import { type ContainerPlan, type Driver, type DriverEvents, type Launch, StartFailure } from './driver.ts'
import { isPortFree } from './ports.ts'

export interface DockerDriverDeps {
  docker: Docker
  images: { pull(image: string): Promise<string> }
  timers: Timers
  place: DockerPlace
  /** What went wrong with a container that nobody waits for. */
  onError(error: unknown, where: string): void
}

/** Runs containers in Docker Engine, on this machine's own network: each task binds its loopback address, as processes do. */
export function dockerDriver({ docker, images, timers, place, onError }: DockerDriverDeps): (driverEvents: DriverEvents) => Driver {
  return ({ exited }) => {
    const engine = engineOf(docker)
    const table = containerTable()
    const ends = endings({ engine, table, exited, onError })
    const starting = new Map<string, Promise<void>>()
    let closed = false
    let machine: Promise<number> | undefined
    const report = (error: unknown): void => onError(error, 'Docker Engine')

    function seen(event: ContainerEvent): void {
      const container = table.hear(event)
      if (container && event.action === 'die') void ends.finish(container, event.exitCode, event.atMs).then(hangUp)
    }
    const events = dockerEvents({
      ...{ docker, timers, seen },
      label: `${LABEL.cloud}=${cloudId(place)}`,
      resumed: () => void ends.lookAgain().catch(report),
    })
    function hangUp(): void {
      if (closed && table.all().length === 0) events.close()
    }
    const processors = (): Promise<number> => {
      machine ??= docker.info().then(({ NCPU }: { NCPU: number }) => NCPU)
      return machine
    }
    async function start(launch: Launch, plan: ContainerPlan): Promise<void> {
      const [image] = await Promise.all([images.pull(plan.image).catch(failAs('CannotPullContainerError')), events.opened()])
      if (closed) throw new StartFailure('CannotStartContainerError: the local cloud is stopping')
      const running = startContainer({ docker, engine, table, place, processors }, launch, plan, image)
      starting.set(nameOf(place, launch), running)
      await running.finally(() => starting.delete(nameOf(place, launch)))
    }
    async function stop(launch: Launch, timeoutMs: number): Promise<void> {
      const found = table.get(launch)
      if (found) void engine.signal(found.id, 'SIGTERM').catch(report)
      const cancel = timers.after(timeoutMs, () => found && void engine.signal(found.id, 'SIGKILL').catch(report))
      await table.ended(launch)
      cancel()
      hangUp()
    }
    const isKnown = (name: string): boolean => starting.has(name) || table.all().some(({ launch }) => nameOf(place, launch) === name)
    return {
      start,
      stop,
      recover: async (launch) => {
        await events.opened()
        return table.get(launch) ? { state: 'running' } : recoverContainer({ docker, engine, table, place, endings: ends }, launch)
      },
      recovered: async () => {
        for (const id of await leftovers(docker, place, isKnown)) await engine.remove(id)
      },
      kill: (launch, signal) => {
        const found = table.get(launch)
        if (found) void engine.signal(found.id, signal).catch(report)
        return found !== undefined
      },
      isAddressFree: async (address, ports) => {
        for (const port of ports) if (!(await isPortFree(address, port))) return false
        return true
      },
      close: async () => {
        closed = true
        await Promise.allSettled(starting.values())
        hangUp()
      },
    }
  }
}
