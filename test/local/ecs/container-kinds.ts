import { dockerRuntime } from '../../../local/docker.ts'
import { dockerDriver } from '../../../local/ecs/docker-driver.ts'
import type { Driver, DriverEvents } from '../../../local/ecs/driver.ts'
import { processDriver } from '../../../local/ecs/process-driver.ts'
import { createImages } from '../../../local/images/images.ts'
import { systemTimers } from '../../../local/timers.ts'
import { CACHE, givenDocker } from '../../support/docker.ts'

/** One way to run containers, as the tests that each of them must pass need it. */
export interface ContainerKind {
  name: 'process' | 'docker' | 'bridge'
  /** What a container finds in its environment besides what it was given. */
  environment: string[]
  /** Script that listens at $address. */
  listen(port: number): string
  /** Every image is one with a shell. */
  driver(dataDir: string): (events: DriverEvents) => Driver
}

export const PROCESSES: ContainerKind = {
  name: 'process',
  environment: ['HOME', 'PATH', 'PWD'],
  listen: (port) => `exec '${process.execPath}' -e 'require("net").createServer().listen(${port}, process.argv[1])' "$address"`,
  driver: () => processDriver({ images: { pull: async () => ({ path: '', version: '1' }) }, timers: systemTimers }),
}

function containersIn(place: { dataDir: string; kept: boolean }, bridge: boolean): (events: DriverEvents) => Driver {
  const path = process.env.PATH ?? ''
  const docker = givenDocker()
  const onError = (error: unknown, where: string): void => console.error(where, error)
  const { images } = dockerRuntime({ docker, programs: createImages({ cacheDir: CACHE, path }), path, cacheDir: CACHE })
  return dockerDriver({ docker, images: { pull: () => images.pull('valkey/valkey:9.1') }, timers: systemTimers, place, bridge, onError })
}

export const DOCKER: ContainerKind = {
  name: 'docker',
  environment: ['HOME', 'HOSTNAME', 'PATH', 'PWD', 'SHLVL'],
  listen: (port) => `exec valkey-server --bind "$address" --port ${port} --save '' --protected-mode no`,
  driver: (dataDir) => containersIn({ dataDir, kept: true }, false),
}

/** The same in a network of their own. */
export const BRIDGE: ContainerKind = { ...DOCKER, name: 'bridge', driver: (dataDir) => containersIn({ dataDir, kept: true }, true) }
