import type Docker from 'dockerode'
import type { Engine } from './docker-engine.ts'
import { cloudId, type DockerPlace, LABEL, placeLabels } from './docker-labels.ts'

/** Where a host is. */
export interface Endpoint {
  /** The bridge network's name. */
  network: string
  address: string
}

/**
 * Hosts where containers have a network of the cloud's own: an address with its ports, held by a container that does nothing else, for
 * the tasks of a host to share. It stays until the cloud stops, also where its host is lost.
 */
export interface Holders {
  /** Starts a host's holder, if it does not run. @param image any with a shell @returns the `NetworkMode` of containers that join it */
  of(hostId: string, endpoint: Endpoint, image: string): Promise<string>
  removeAll(): Promise<void>
}

export function holders({ docker, engine, place }: { docker: Docker; engine: Engine; place: DockerPlace }): Holders {
  const starting = new Map<string, Promise<void>>()

  async function start(name: string, hostId: string, { network, address }: Endpoint, image: string): Promise<void> {
    const found = await engine.inspect(name)
    if (found?.State.Running) return
    if (found) await engine.remove(found.Id)
    const container = await docker.createContainer({
      ...{ name, Image: image, Entrypoint: ['sleep', '2147483647'], Cmd: [] },
      Labels: { ...placeLabels(place), [LABEL.holder]: hostId },
      HostConfig: { NetworkMode: network, ReadonlyRootfs: true, CapDrop: ['ALL'] },
      NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } },
    })
    await container.start()
  }
  return {
    of: async (hostId, endpoint, image) => {
      const name = `ringhold-${cloudId(place)}-host-${hostId}`
      // Tasks of one host start side by side.
      const running = starting.get(name) ?? start(name, hostId, endpoint, image).finally(() => starting.delete(name))
      starting.set(name, running)
      await running
      return `container:${name}`
    },
    removeAll: async () => {
      await Promise.allSettled(starting.values())
      const label = [`${LABEL.cloud}=${cloudId(place)}`, LABEL.holder]
      const found = await docker.listContainers({ all: true, filters: { label } })
      await Promise.all(found.map(({ Id }) => engine.remove(Id)))
    },
  }
}
