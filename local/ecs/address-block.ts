import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { join } from 'node:path'

/**
 * Task interfaces get their addresses from 127.64.0.0/10, which Linux answers on its loopback without any set-up. Every
 * local cloud of a machine owns a /18 of it: 256 clouds side by side, 16,384 addresses each.
 */
const FIRST = 0x7f400000
export const BLOCKS = 256
export const BLOCK_SIZE = 0x4000
/** Below the range of ephemeral ports, so that no outgoing connection takes it by chance. */
export const METADATA_PORT = 24_164

export function addressAt(block: number, offset: number): string {
  const value = FIRST + block * BLOCK_SIZE + offset
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}

export interface AddressBlock {
  index: number
  /** Where the claim listens; the task metadata endpoint is served there. */
  url: string
  release(): Promise<void>
}

const errorCode = (error: unknown): unknown => (Error.isError(error) && 'code' in error ? error.code : undefined)

function listen(host: string, handler: RequestListener): Promise<Server | undefined> {
  const server = createServer(handler)
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (errorCode(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen({ host, port: METADATA_PORT, exclusive: true }, () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/**
 * Claims a block by listening at its first host address: the kernel gives the claim up when the process dies, however it
 * dies. The listener also serves `handler`, so that the lock and the metadata endpoint are one socket.
 * @param wanted the block of an earlier run; then no other will do
 * @param seed spreads the first choice of clouds that start together
 * @throws when the wanted block, or every block, is held by another process
 */
export async function claimBlock(handler: RequestListener, wanted: number | undefined, seed: string): Promise<AddressBlock> {
  const start = wanted ?? createHash('sha256').update(seed).digest().readUInt8(0)
  for (let step = 0; step < (wanted === undefined ? BLOCKS : 1); step += 1) {
    const index = (start + step) % BLOCKS
    const host = addressAt(index, 1)
    const server = await listen(host, handler)
    if (server) return { index, url: `http://${host}:${METADATA_PORT}`, release: () => close(server) }
  }
  if (wanted === undefined) throw new Error(`every address block of 127.64.0.0/10 is held: something listens on port ${METADATA_PORT}`)
  throw new Error(`the address block at ${addressAt(start, 0)}/18 is held by another process: is a local cloud running with the same data?`)
}

/** The block of this data, the same at every start: processes that outlived us have their addresses in it. To be held before the data is opened. */
export async function claimBlockOf(dataDir: string, handler: RequestListener): Promise<AddressBlock> {
  const file = join(dataDir, 'block')
  const block = await claimBlock(handler, existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined, dataDir)
  writeFileSync(file, String(block.index))
  return block
}
