import type Docker from 'dockerode'
import { type Endings, exitOfState, recordExit, recordedExit } from './docker-endings.ts'
import type { Engine } from './docker-engine.ts'
import { type DockerPlace, LABEL, nameOf } from './docker-labels.ts'
import { followLog } from './docker-log.ts'
import type { DockerNetwork } from './docker-network.ts'
import { wasMade } from './docker-start.ts'
import type { ContainerTable } from './docker-table.ts'
import type { Launch, Recovered } from './driver.ts'

export interface RecoverDeps {
  docker: Docker
  engine: Engine
  table: ContainerTable
  place: DockerPlace
  network: DockerNetwork
  endings: Endings
}

type Found = NonNullable<Awaited<ReturnType<Engine['inspect']>>>

async function adopt({ docker, engine, table, network, endings }: RecoverDeps, launch: Launch, found: Found): Promise<Recovered> {
  const { Id, Config } = found
  await network.adopt(found)
  const container = table.add(launch, Id)
  container.logged = await followLog({ docker, engine }, Id, launch, Number(Config.Labels[LABEL.logStart] ?? 0))
  // It may have ended before anybody listened for it.
  const now = await engine.inspect(Id)
  if (!now?.State.Running) void endings.finish(container, undefined, Date.now())
  return { state: 'running' }
}

/** Finds a launch's container by its name, or what is known of one that is gone. */
export async function recoverContainer(deps: RecoverDeps, launch: Launch): Promise<Recovered> {
  const { engine, place } = deps
  const recorded = recordedExit(launch)
  if (recorded) return { state: 'exited', ...recorded }
  const found = await engine.inspect(nameOf(place, launch))
  if (!found) return wasMade(launch) ? { state: 'exited' } : { state: 'never-started' }
  if (found.State.Running) return adopt(deps, launch, found)
  // Removed, it can no longer start, though somebody may just have told it to.
  if (found.State.Status === 'created') {
    await engine.remove(found.Id)
    return { state: 'never-started' }
  }
  const exit = exitOfState(found.State, { killed: false })
  recordExit(launch, exit)
  await engine.remove(found.Id)
  return { state: 'exited', ...exit }
}
