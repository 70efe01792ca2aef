import { fileURLToPath } from 'node:url'
import Docker from 'dockerode'
import type { ContainerRuntime } from './cloud-options.ts'
import { dockerDriver } from './ecs/docker-driver.ts'
import { commands } from './images/command.ts'
import { createContainerImages } from './images/container-images.ts'
import type { ImageStore } from './images/images.ts'
import { systemTimers } from './timers.ts'

/** There is no Docker Engine that can run nodes; `next` says what to do. */
export class NoDocker extends Error {
  override name = 'NoDocker'
  readonly next =
    'Install Docker Engine, start it and let your user speak to it (group docker), or leave --docker out: nodes are processes then.'
}

/**
 * The Docker Engine of this machine: of DOCKER_HOST, or at its usual socket.
 * @throws NoDocker when none answers, or it is another machine's
 */
export async function openDocker(): Promise<Docker> {
  const host = process.env.DOCKER_HOST ?? ''
  if (host !== '' && !host.startsWith('unix://'))
    throw new NoDocker(`DOCKER_HOST is ${host}: nodes need the network of this machine, so the Engine must be here`)
  const docker = new Docker()
  try {
    await docker.ping()
  } catch (cause) {
    const why = Error.isError(cause) ? cause.message : String(cause)
    throw new NoDocker(`No Docker Engine answers at ${host || '/var/run/docker.sock'} (${why})`, { cause })
  }
  return docker
}

export interface DockerRuntimeOptions {
  docker: Docker
  /** Where the engines' programs come from, of which images are made. */
  programs: ImageStore
  path: string
  cacheDir: string
  signal?: AbortSignal
  /** Nodes get a network of their own, in place of the machine's. */
  bridge?: boolean
}

/** What runs containers in Docker Engine. */
export function dockerRuntime({ docker, programs, path, cacheDir, signal, bridge = false }: DockerRuntimeOptions): ContainerRuntime & {
  images: { pull(image: string): Promise<string> }
} {
  const images = createContainerImages({ docker, programs, command: commands(signal), path, cacheDir })
  const end = fileURLToPath(import.meta.resolve('./ecs/docker-end.ts'))
  return {
    images,
    endScript: `'${process.execPath}' '${end}' "$1/ecs"`,
    driver: (place, onError) => dockerDriver({ docker, images, timers: systemTimers, place, bridge, onError }),
  }
}
