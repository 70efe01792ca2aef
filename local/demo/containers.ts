import { join } from 'node:path'
import type { ContainerRuntime } from '../cloud-options.ts'
import { dockerRuntime, NoDocker, openDocker } from '../docker.ts'
import { createImages, type ImageStore } from '../images/images.ts'
import { colors } from './colors.ts'
import type { StartOptions } from './options.ts'
import type { Screen } from './screen.ts'
import { Trouble } from './trouble.ts'

/** Where nodes come from and what runs them. */
export interface Containers {
  images: ImageStore
  /** Undefined: processes of this machine. */
  runtime: ContainerRuntime | undefined
  /** Gets all that a node of that image needs, before one is started. */
  pull(image: string): Promise<unknown>
}

export interface ContainersDeps {
  options: Pick<StartOptions, 'docker' | 'bridge'>
  screen: Screen
  signal: AbortSignal
  cacheDir: string
}

/** @throws Trouble when Docker is asked for and there is none */
export async function openContainers({ options, screen, signal, cacheDir }: ContainersDeps): Promise<Containers> {
  const onFetch = (program: string): void => screen.line(`  ${colors.dim(`downloading ${program} (once: it is kept in ${cacheDir})`)}`)
  const place = { cacheDir: join(cacheDir, 'images'), path: process.env.PATH ?? '' }
  const images = createImages({ ...place, signal, onFetch })
  if (!options.docker) return { images, runtime: undefined, pull: images.pull }
  const docker = await openDocker().catch((cause: unknown) => {
    throw cause instanceof NoDocker ? new Trouble(`${cause.message}.`, cause.next, { cause }) : cause
  })
  const runtime = dockerRuntime({ docker, programs: images, ...place, signal, bridge: options.bridge })
  return { images, runtime, pull: runtime.images.pull }
}
