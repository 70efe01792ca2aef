import { readFileSync } from 'node:fs'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { Redis } from 'ioredis'
import { useRing } from '../../local/demo/use-ring.ts'
import { dockerRuntime } from '../../local/docker.ts'
import { credentialsParameter } from '../../shared/clusters/naming.ts'
import { Cluster, Connection } from '../../shared/contract/cluster.ts'
import { CACHE, describeDocker, givenDocker } from '../support/docker.ts'
import { type Cell, deleteRing, ended, givenCell, images, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'
import { configOf } from '../support/operator.ts'
import { until } from '../support/until.ts'

/** What a script holds counts for the container, and not for the memory that the engine allows itself. */
const HOARD = 'local t = {} for i = 1, 1000 do t[i] = string.rep("x", 4000000) .. i end return #t'

describeDocker('a ring in containers', () => {
  let cell: Cell
  beforeAll(async () => {
    const runtime = dockerRuntime({ docker: givenDocker(), programs: images(), path: process.env.PATH ?? '', cacheDir: CACHE })
    cell = await givenCell({ runtime })
  }, 200_000)
  afterAll(() => cell?.stop())

  const tasks = () => cell.cloud.ecs.tasks()
  const alive = () => tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING')
  const stopped = (arn: string) => tasks().find((task) => task.arn === arn && task.lastStatus === 'STOPPED')
  const connect = (id: string) => cell.tenant.call('GET', `/v1/clusters/${id}/connection`, Connection)
  const containers = () => givenDocker().listContainers({ filters: { label: ['ringhold.kept=false', `ringhold.task`] } })
  async function containerOf(arn: string) {
    const found = (await containers()).find(({ Labels }) => Labels['ringhold.task'] === arn)
    return givenDocker().getContainer(found?.Id ?? '')
  }
  /** The first process of a task's container. */
  const pidOf = async (arn: string): Promise<number> => (await (await containerOf(arn)).inspect()).State.Pid
  /** What each process of a task's container shows to its user, the first one's first. */
  async function environmentsOf(arn: string): Promise<string[]> {
    const { Processes } = await (await containerOf(arn)).top({ ps_args: '-o pid' })
    const pids = [await pidOf(arn), ...Processes.map(([pid]: string[]) => Number(pid))]
    return pids.map((pid) => readFileSync(`/proc/${pid}/environ`, 'latin1'))
  }
  /** Passwords and keys of a ring, each by itself. */
  async function secretsOf(id: string): Promise<string[]> {
    const asked = new GetParameterCommand({ Name: credentialsParameter('cell-1', id), WithDecryption: true })
    const { Parameter } = await new SSMClient(configOf(cell.cloud)).send(asked)
    return (Parameter?.Value ?? '').split(' ').flatMap((word) => word.slice(word.indexOf('=') + 1).split(','))
  }
  async function healed(id: string, dead: string): Promise<void> {
    await until(
      'the ring is whole again',
      async () => {
        const [condition] = (await cell.tenant.call('GET', `/v1/clusters/${id}`, Cluster)).conditions
        return (condition?.status && alive().length === 6 && !alive().some(({ arn }) => arn === dead)) || undefined
      },
      120_000,
    )
    expect(await useRing(await connect(id))).toMatchObject({ written: 64, read: 64 })
  }

  test('forms, tells of a killed container and of one out of memory, heals, and leaves nothing', async () => {
    const { tenant, cloud, demo, receiver } = cell
    const cluster = await postRing(tenant)
    expect(await ended(tenant, cluster.operation.id, 120_000)).toMatchObject({ state: 'succeeded' })
    expect(await receiver.next(cluster.id, ['cluster.ready'], 30_000)).toMatchObject({ data: { state: 'ready' } })
    const connection = await connect(cluster.id)
    expect(await useRing(connection)).toMatchObject({ written: 64, read: 64 })

    const pids = await Promise.all(alive().map(({ arn }) => pidOf(arn)))
    expect(pids.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).join()).not.toContain(connection.password)

    const killed = alive()[0]?.arn ?? ''
    process.kill(await pidOf(killed), 'SIGKILL')
    const gone = await until('the death is told', () => stopped(killed))
    expect(gone).toMatchObject({ stopCode: 'EssentialContainerExited', container: { exitCode: 137 } })
    expect(gone.container.reason).toBeUndefined()
    await healed(cluster.id, killed)

    const client = new Redis({
      ...(await connect(cluster.id)).endpoints[0],
      ...{ username: connection.username, password: connection.password, retryStrategy: () => null, lazyConnect: true },
    })
    client.on('error', () => undefined)
    await client.connect()
    await expect(client.eval(HOARD, 0)).rejects.toThrow()
    client.disconnect()
    const starved = await until('the death is told', () => tasks().find(({ container }) => container.reason?.startsWith('OutOfMemory')))
    expect(starved.container).toMatchObject({ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' })
    await healed(cluster.id, starved.arn)

    const deleted = await deleteRing(tenant, cluster.id)
    expect(await ended(tenant, deleted.operation.id, 120_000)).toMatchObject({ state: 'succeeded' })
    expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
    const arns = new Set(tasks().map(({ arn }) => arn))
    expect((await containers()).filter(({ Labels }) => arns.has(Labels['ringhold.task'] ?? ''))).toEqual([])
  }, 400_000)

  test('a node that runs shows none of its secrets in an environment, and ends by itself when it is asked to', async () => {
    const { tenant } = cell
    const { id, operation } = await postRing(tenant)
    expect(await ended(tenant, operation.id, 120_000)).toMatchObject({ state: 'succeeded' })
    const secrets = await secretsOf(id)
    expect(secrets).toHaveLength(8)
    const nodes = alive().map(({ arn }) => arn)
    const environments = (await Promise.all(nodes.map(environmentsOf))).flat()
    expect(environments.length).toBeGreaterThanOrEqual(nodes.length)
    for (const shown of environments) {
      expect(shown).not.toBe('')
      expect(secrets.filter((secret) => shown.includes(secret))).toEqual([])
    }

    expect(await ended(tenant, (await deleteRing(tenant, id)).operation.id, 120_000)).toMatchObject({ state: 'succeeded' })
    const ends = tasks().filter(({ arn }) => nodes.includes(arn))
    expect(ends.map(({ stopCode, container }) => [stopCode, container.exitCode])).toEqual(nodes.map(() => ['UserInitiated', 0]))
  }, 300_000)
})
