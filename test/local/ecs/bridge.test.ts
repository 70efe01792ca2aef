import { Socket } from 'node:net'
import { describeDocker, givenDocker } from '../../support/docker.ts'
import { until } from '../../support/until.ts'
import { containerContract } from './container-contract.ts'
import { BRIDGE } from './container-kinds.ts'
import { givenContainers } from './given-containers.ts'
import { hostNetworkContract } from './host-network-contract.ts'
import { hostRestartContract } from './host-restart-contract.ts'
import { stopContract } from './restart-contract.ts'

describeDocker('a container in a network of its own', () => containerContract(BRIDGE))
describeDocker("a container in a network of its own, at its host's address", () => hostNetworkContract(BRIDGE))
describeDocker('with a network of their own, to containers at the address of their host', () => hostRestartContract(BRIDGE))
describeDocker('with a network of its own, a stop', () => stopContract(BRIDGE))

describeDocker('a network of containers', () => {
  const { given, run, record, logged } = givenContainers(BRIDGE)
  const networks = async (): Promise<number> =>
    (await givenDocker().listNetworks({ filters: { label: [`ringhold.directory=${given().dataDir}`] } })).length

  it('has each at its own address of 10.128.0.0/10, for each other and for the machine', async () => {
    const server = await run('echo ready; exec nc -ll -p 24999 -e echo hello', { portMappings: [{ containerPort: 24_999 }] })
    await given().reaches(server, 'RUNNING')
    const address = record(server).eni?.address ?? ''
    expect(address).toMatch(/^10\.1(2[89]|[3-8]\d|9[01])\./)
    const client = await run(`until nc ${address} 24999; do sleep 0.1; done; exec sleep 1000`)
    expect(await logged(client, /hello/)).toContain('hello')
    const answer = await until(
      'the machine reaches it',
      () =>
        new Promise<string | undefined>((resolve) => {
          const socket = new Socket().connect(24_999, address)
          socket.once('data', (data) => resolve(data.toString()))
          socket.once('error', () => resolve(undefined))
          socket.once('close', () => socket.destroy())
        }),
    )
    expect(answer).toBe('hello\n')
    expect(await networks()).toBe(1)
  })
})
