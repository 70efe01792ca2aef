import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type Docker from 'dockerode'
import { containerOf, metadataIn, prepareMounts } from './docker-container.ts'
import type { Engine } from './docker-engine.ts'
import { type DockerPlace, labelsOf, nameOf } from './docker-labels.ts'
import { followLog, logSize } from './docker-log.ts'
import type { DockerNetwork } from './docker-network.ts'
import type { ContainerTable } from './docker-table.ts'
import { type ContainerPlan, type Launch, StartFailure } from './driver.ts'
import { logOf } from './process-root.ts'

export interface StartDeps {
  docker: Docker
  engine: Engine
  table: ContainerTable
  place: DockerPlace
  network: DockerNetwork
  processors(): Promise<number>
}

const messageOf = (error: unknown): string => (Error.isError(error) ? error.message : String(error))

/** Fails as ECS names it. */
export const failAs =
  (name: string) =>
  (cause: unknown): never => {
    throw new StartFailure(`${name}: ${messageOf(cause)}`, { cause })
  }

/** Says that the launch had a container: where it is gone, it was not "never started". */
const madeFileOf = (launch: Launch): string => join(launch.directory, `container.${launch.number}`)
export const wasMade = (launch: Launch): boolean => existsSync(madeFileOf(launch))

async function create(
  { docker, place, network, processors }: StartDeps,
  launch: Launch,
  plan: ContainerPlan,
  image: string,
): Promise<string> {
  mkdirSync(launch.directory, { recursive: true })
  const options = containerOf(plan, {
    image,
    name: nameOf(place, launch),
    labels: labelsOf(place, launch, logSize(launch)),
    user: prepareMounts(plan),
    processors: await processors(),
    network: await network.join(plan, image),
    metadata: metadataIn(plan, basename(launch.directory)),
  })
  const { id } = await docker.createContainer(options)
  writeFileSync(madeFileOf(launch), id)
  return id
}

/** Two calls: a container that was made for somebody who died meanwhile never starts. */
async function attempt(deps: StartDeps, launch: Launch, plan: ContainerPlan, image: string): Promise<void> {
  const { docker, engine, table } = deps
  const start = logSize(launch)
  const id = await create(deps, launch, plan, image).catch(failAs('CannotCreateContainerError'))
  // Before it starts: it may end at once, and its end is heard of by its id.
  const container = table.add(launch, id)
  const started = docker.getContainer(id).start()
  const following = started.then(() => followLog(deps, id, launch, start))
  container.logged = async () => (await following)()
  try {
    await following
  } catch (error) {
    container.state = 'told'
    await engine.remove(id)
    table.remove(container)
    return failAs('CannotStartContainerError')(error)
  }
}

/** An Engine that may not raise limits refuses what is above its own: https://man7.org/linux/man-pages/man2/getrlimit.2.html */
const isAboveLimit = (error: unknown): boolean => /setting rlimit/.test(messageOf(error))

/**
 * Starts a launch's container. Where the Engine itself is held to less than the definition's `ulimits`, the container has the
 * Engine's, and its log says so.
 * @throws StartFailure when it did not come to run; nothing is left of it then
 */
export async function startContainer(deps: StartDeps, launch: Launch, plan: ContainerPlan, image: string): Promise<void> {
  try {
    await attempt(deps, launch, plan, image)
  } catch (error) {
    if (plan.ulimits.length === 0 || !isAboveLimit(error)) throw error
    const wanted = plan.ulimits.map(({ name, hardLimit }) => `${name} ${hardLimit}`).join(', ')
    appendFileSync(logOf(launch), `Docker Engine here is held to less than the task definition sets (${wanted}): its own limits count\n`)
    await attempt(deps, launch, { ...plan, ulimits: [] }, image)
  }
}
