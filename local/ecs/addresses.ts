import type { DurableMap } from '../store/durable-map.ts'
import { addressAt, BLOCK_SIZE } from './address-block.ts'

/** As in a VPC's subnet: the first four addresses and the last are not given to anybody. */
const RESERVED = 4
const USABLE = BLOCK_SIZE - RESERVED - 1
/** So many busy ones in a row mean that the ports are taken on all addresses at once. */
const TRIES = 512

export interface AddressesDeps {
  block: number
  /** Default: of the loopback. */
  addressAt?: ((block: number, offset: number) => string) | undefined
  network: DurableMap<number>
  /** Addresses of hosts, and of tasks that are not STOPPED. */
  held(): Set<string>
  isFree(address: string, ports: number[] | 'any'): Promise<boolean>
}

export interface AddressPool {
  /** @param ports that nobody may listen on there: a task's, or for a host `any` */
  next(ports: number[] | 'any'): Promise<string>
}

/**
 * Hands out addresses round-robin, over restarts too: as on AWS, a replacement never finds itself at its predecessor's.
 * What a stranger listens on is passed over.
 */
export function addressPool(deps: AddressesDeps): AddressPool {
  function advance(): string {
    const cursor = deps.network.get('cursor') ?? 0
    deps.network.set('cursor', (cursor + 1) % USABLE)
    return (deps.addressAt ?? addressAt)(deps.block, RESERVED + cursor)
  }
  return {
    next: async (ports) => {
      for (let tried = 0; tried < TRIES; tried += 1) {
        const address = advance()
        if (!deps.held().has(address) && (await deps.isFree(address, ports))) return address
      }
      throw new Error(
        `no free address with ports ${ports === 'any' ? ports : ports.join(', ')} in the block at ${addressAt(deps.block, 0)}/18`,
      )
    },
  }
}
