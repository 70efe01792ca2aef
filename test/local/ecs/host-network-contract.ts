import { connect } from 'node:net'
import { DescribeContainerInstancesCommand } from '@aws-sdk/client-ecs'
import { until } from '../../support/until.ts'
import type { ContainerKind } from './container-kinds.ts'
import { givenContainers } from './given-containers.ts'

/** What a node does that is to know where it is. */
export const FIND_ADDRESS = `until grep -q '"MetadataFileStatus": "READY"' "$ECS_CONTAINER_METADATA_FILE"; do sleep 0.02; done
address=$(sed -n 's/.*"HostPrivateIPv4Address": "\\(.*\\)".*/\\1/p' "$ECS_CONTAINER_METADATA_FILE")
`
const PORT = 24_998

const answers = (address: string): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(PORT, address)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined))
    socket.once('connect', () => socket.destroy())
  })

/** What a task in its host's network is, whatever runs it. */
export function hostNetworkContract(kind: ContainerKind): void {
  const { given, run, stopped, record, logOf, logged } = givenContainers(kind)
  const onHost = { networkMode: 'host' as const }
  const server = `${FIND_ADDRESS}echo "at $address"; ${kind.listen(PORT)}`

  async function addressOf(arn: string): Promise<string | undefined> {
    const containerInstances = [record(arn).hostArn ?? '']
    const found = await given().client.send(new DescribeContainerInstancesCommand({ cluster: 'cell', containerInstances }))
    return found.containerInstances?.[0]?.attributes?.find(({ name }) => name === 'ringhold.address')?.value
  }

  it('finds the address of its host in the metadata file, but not at once', async () => {
    const arn = await run(`cat "$ECS_CONTAINER_METADATA_FILE"; echo ---; ${FIND_ADDRESS}cat "$ECS_CONTAINER_METADATA_FILE"`, {}, onHost)
    const task = await stopped(arn)
    const [first = '', last = ''] = logOf(arn).split('---')
    const known = {
      Cluster: 'cell',
      ContainerInstanceARN: record(arn).hostArn,
      TaskARN: arn,
      TaskDefinitionFamily: 't',
      ContainerName: 'node',
    }
    expect(JSON.parse(first)).toEqual({ ...known, TaskDefinitionRevision: '1' })
    expect(JSON.parse(last)).toMatchObject({
      ...known,
      ImageName: 'shell:1',
      Networks: [{ NetworkMode: 'host', IPv4Addresses: [''] }],
      MetadataFileStatus: 'READY',
      AvailabilityZone: 'a',
      HostPrivateIPv4Address: await addressOf(arn),
    })
    expect(task).toMatchObject({ attachments: [], containers: [{ exitCode: 0, networkInterfaces: [] }] })
  })

  it('is told no address by the metadata endpoint', async () => {
    const arn = await run('curl -s -m 30 $ECS_CONTAINER_METADATA_URI_V4', {}, onHost)
    await stopped(arn)
    expect(JSON.parse(logOf(arn))).toMatchObject({ Networks: [{ NetworkMode: 'host', IPv4Addresses: [''] }] })
  })

  it('has its ports to itself on its host only: the second that listens there fails, and its task ends', async () => {
    const first = await run(server, {}, onHost)
    await logged(first, /at \S+/)
    await given().reaches(first, 'RUNNING')
    const address = (await addressOf(first)) ?? ''
    await until('the first listens', () => answers(address))
    const second = await run(server, {}, onHost)
    const ended = await stopped(second)
    expect(record(second).hostArn).toBe(record(first).hostArn)
    expect(ended).toMatchObject({ stopCode: 'EssentialContainerExited' })
    expect(ended?.containers?.[0]?.exitCode).toBeGreaterThan(0)
    const elsewhere = await run(server, {}, onHost, 'b')
    await logged(elsewhere, /at \S+/)
    const other = (await addressOf(elsewhere)) ?? ''
    await until('the other listens', () => answers(other))
    expect(other).not.toBe(address)
    expect(given().ecs.networkInterfaces()).toEqual([])
  })
}
