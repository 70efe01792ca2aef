import { connect, createServer, type Server } from 'node:net'
import type Docker from 'dockerode'
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode'
import { addressAt, BLOCK_SIZE, METADATA_PORT } from './address-block.ts'
import type { Engine } from './docker-engine.ts'
import { holders } from './docker-holders.ts'
import { cloudId, type DockerPlace, placeLabels } from './docker-labels.ts'
import type { ContainerPlan, Driver } from './driver.ts'
import { isAddressFree } from './ports.ts'

/** How containers of one local cloud reach each other and are reached. */
export interface DockerNetwork extends Pick<Driver, 'isAddressFree' | 'addressAt'> {
  /** What a container is made with, and the environment that it needs there. */
  join(
    plan: ContainerPlan,
    image: string,
  ): Promise<Pick<ContainerCreateOptions, 'NetworkingConfig'> & { mode: string; environment: ContainerPlan['environment'] }>
  /** Serves a container that was started before this driver was. */
  adopt(container: ContainerInspectInfo): Promise<void>
  close(): Promise<void>
}

/** The machine's own network: each node binds its own loopback address, as a process does. */
export const hostNetwork: DockerNetwork = {
  join: async ({ environment }) => ({ mode: 'host', environment }),
  isAddressFree,
  adopt: async () => undefined,
  close: async () => undefined,
}

/** 10.128.0.0/10, cut as the loopback block is: whoever holds a block of that one has the same block of this one to himself. */
const FIRST = 0x0a800000
const METADATA = 'ECS_CONTAINER_METADATA_URI_V4'

const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
const numberOf = (address: string): number => address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0)

/** Answers at the network's gateway what the local cloud answers at its loopback address. */
function forward(gateway: string, target: string): Promise<Server> {
  const server = createServer((socket) => {
    const upstream = connect(METADATA_PORT, target)
    socket.pipe(upstream).pipe(socket)
    for (const each of [socket, upstream]) each.on('error', () => each.destroy())
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(METADATA_PORT, gateway, () => resolve(server))
  })
}

interface Bridge {
  gateway: string
  server: Server
}

/** A bridge network of the local cloud's own, with an address for each task. The machine reaches them without published ports. */
export function bridgeNetwork({ docker, engine, place }: { docker: Docker; engine: Engine; place: DockerPlace }): DockerNetwork {
  const name = `ringhold-${cloudId(place)}`
  const hosts = holders({ docker, engine, place })
  let opening: Promise<Bridge> | undefined

  async function open(address: string): Promise<Bridge> {
    const block = Math.floor((numberOf(address) - FIRST) / BLOCK_SIZE)
    const at = (offset: number): string => dotted(FIRST + block * BLOCK_SIZE + offset)
    const gateway = at(1)
    const known = await docker.listNetworks({ filters: { name: [name] } })
    const ipam = { Config: [{ Subnet: `${at(0)}/18`, Gateway: gateway }] }
    if (known.length === 0) await docker.createNetwork({ Name: name, Driver: 'bridge', IPAM: ipam, Labels: placeLabels(place) })
    return { gateway, server: await forward(gateway, addressAt(block, 1)) }
  }
  function opened(address: string): Promise<Bridge> {
    opening ??= open(address).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  return {
    addressAt: (block, offset) => dotted(FIRST + block * BLOCK_SIZE + offset),
    // Nobody else is in this network.
    isAddressFree: async () => true,
    join: async ({ network, environment }, image) => {
      const { address } = network
      const metadata = new URL(environment[METADATA] ?? '')
      metadata.hostname = (await opened(address)).gateway
      const moved = { ...environment, [METADATA]: metadata.href }
      if (network.mode === 'host') return { mode: await hosts.of(network.hostId, { network: name, address }, image), environment: moved }
      const NetworkingConfig = { EndpointsConfig: { [name]: { IPAMConfig: { IPv4Address: address } } } }
      return { mode: name, NetworkingConfig, environment: moved }
    },
    adopt: async ({ NetworkSettings, HostConfig }) => {
      const [, holder] = HostConfig.NetworkMode?.split('container:') ?? []
      const settings = holder === undefined ? NetworkSettings : (await engine.inspect(holder))?.NetworkSettings
      const address = settings?.Networks[name]?.IPAddress
      if (address) await opened(address)
    },
    close: async () => {
      const bridge = await opening?.catch(() => undefined)
      bridge?.server.close()
      await hosts.removeAll()
      await engine.removeNetwork(name)
    },
  }
}
