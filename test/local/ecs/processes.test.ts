import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { addressAt } from '../../../local/ecs/address-block.ts'
import { containerContract, volumeContract } from './container-contract.ts'
import { PROCESSES } from './container-kinds.ts'
import { startEcs } from './ecs-on-http.ts'
import { givenContainers } from './given-containers.ts'
import { hostNetworkContract } from './host-network-contract.ts'

describe('a process as a container', () => containerContract(PROCESSES))
describe("a process in its host's network", () => hostNetworkContract(PROCESSES))
describe('data of a process', () => volumeContract(PROCESSES))

describe('an address', () => {
  const { given, run, record } = givenContainers(PROCESSES)

  it('where a stranger listens is given to no task', async () => {
    const portMappings = [{ containerPort: 24_999 }]
    const first = await run('exec sleep 1000', { portMappings })
    await given().reaches(first, 'RUNNING')
    const address = record(first).eni?.address ?? ''
    const next = address.replace(/\d+$/, (last) => String(Number(last) + 1))
    const stranger = createServer().listen(24_999, next)
    const second = await run('exec sleep 1000', { portMappings })
    await given().reaches(second, 'RUNNING')
    expect(record(second).eni?.address).toBe(address.replace(/\d+$/, (last) => String(Number(last) + 2)))
    stranger.close()
  })

  it('is of a block that two models never share', async () => {
    const other = await startEcs({ dataDir: `${given().dataDir}-other` })
    const blocks = [given(), other].map(({ dataDir }) => addressAt(Number(readFileSync(join(dataDir, 'block'), 'utf8')), 0))
    expect(new Set(blocks).size).toBe(2)
    await other.stop()
  })
})
