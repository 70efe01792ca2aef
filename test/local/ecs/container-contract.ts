import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DeregisterContainerInstanceCommand } from '@aws-sdk/client-ecs'
import { until } from '../../support/until.ts'
import type { ContainerKind } from './container-kinds.ts'
import { givenContainers } from './given-containers.ts'

/** What a task's container is, whatever runs it. */
export function containerContract(kind: ContainerKind): void {
  const { given, run, stop, stopped, record, logOf, logged, processes } = givenContainers(kind)

  it('learns its own address from the metadata endpoint', async () => {
    const arn = await run('curl -s -m 30 $ECS_CONTAINER_METADATA_URI_V4; echo; curl -s $ECS_CONTAINER_METADATA_URI_V4/task')
    const task = await stopped(arn)
    const [container, whole] = logOf(arn).split('\n')
    const address = task?.attachments?.[0]?.details?.find((detail) => detail.name === 'privateIPv4Address')?.value
    expect(JSON.parse(container ?? '')).toMatchObject({ Name: 'node', Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: [address] }] })
    expect(JSON.parse(whole ?? '')).toMatchObject({ TaskARN: arn, Family: 't', AvailabilityZone: 'a', Containers: [{ Name: 'node' }] })
  })

  it.each([
    ['exit 7', 7],
    ['kill -9 $$', 137],
    ['exec no-such-program', 127],
  ])('ends its task when it ends: %s', async (script, exitCode) => {
    const task = await stopped(await run(script))
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode }] })
    expect([task?.stoppedReason, task?.containers?.[0]?.reason]).toEqual(['Essential container in task exited', undefined])
  })

  it('is asked to end, and may', async () => {
    const arn = await run("trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done")
    await logged(arn, /ready/)
    await stop(arn)
    expect(await stopped(arn)).toMatchObject({ stopCode: 'UserInitiated', containers: [{ exitCode: 0 }] })
  })

  it('is forced to end after its stop timeout', async () => {
    const arn = await run("trap '' TERM; echo ready; while :; do sleep 0.05; done", { stopTimeout: 0 })
    await logged(arn, /ready/)
    await stop(arn)
    expect(await stopped(arn)).toMatchObject({ containers: [{ exitCode: 137 }] })
  })

  it('takes what it started with it', async () => {
    const arn = await run('sleep 1000 & sleep 1000 & echo ready; exec sleep 1000')
    await logged(arn, /ready/)
    expect(processes()).toHaveLength(3)
    given().ecs.killTask(arn)
    await stopped(arn)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(processes()).toEqual([])
  })

  it('dies with its host, though its task does not where the agent could not tell, until the host is deregistered', async () => {
    const arn = await run('echo ready; exec sleep 1000')
    await logged(arn, /ready/)
    const { ecs, client } = given()
    const host = record(arn).hostArn ?? ''
    await ecs.setAgentConnected(host, false)
    ecs.killHost(host)
    await until('nothing runs', () => (processes().length === 0 ? true : undefined))
    expect(record(arn).lastStatus).toBe('RUNNING')
    await client.send(new DeregisterContainerInstanceCommand({ cluster: 'cell', containerInstance: host, force: true }))
    expect(await stopped(arn)).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: expect.stringContaining('forced by user') })
  })

  it('gets secrets in its environment alone', async () => {
    const secrets = [{ name: 'PASSWORD', valueFrom: '/cell/password' }]
    const arn = await run('echo ready; exec sleep 1000', { secrets })
    await logged(arn, /ready/)
    const [process] = processes()
    expect(process?.environment).toContain('PASSWORD=secret of /cell/password')
    expect([process?.command, logOf(arn), JSON.stringify(given().ecs.tasks())].join()).not.toContain('secret of')
  })

  it('has nothing of our own environment', async () => {
    const arn = await run('env')
    await stopped(arn)
    const names = logOf(arn)
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0])
    const own = ['AWS_EXECUTION_ENV', 'ECS_CONTAINER_METADATA_FILE', 'ECS_CONTAINER_METADATA_URI_V4', 'WHOSE']
    expect(names.sort()).toEqual([...own, ...kind.environment].sort())
  })

  it('has the limit of open files that its definition sets', async () => {
    const arn = await run('ulimit -S -n', { ulimits: [{ name: 'nofile', softLimit: 333, hardLimit: 333 }] })
    await stopped(arn)
    expect(logOf(arn)).toBe('333\n')
  })
}

/** Where what a container writes is, and how long. */
export function volumeContract(kind: ContainerKind): void {
  const { given, run, stopped, record, logOf } = givenContainers(kind)
  const mountPoints = [{ sourceVolume: 'data', containerPath: '/data' }]
  const onHost = { volumes: [{ name: 'data', host: { sourcePath: '/var/lib/ring' } }] }
  const script = 'echo x >> ./data/file; cat ./data/file'

  it('on the host is there for the next task, and dies with the host', async () => {
    await stopped(await run(script, { mountPoints }, onHost))
    const second = await run(script, { mountPoints }, onHost)
    await stopped(second)
    expect(logOf(second)).toBe('x\nx\n')
    given().ecs.killHost(record(second).hostArn ?? '')
    expect(existsSync(join(given().dataDir, 'hosts'))).toBe(true)
    const third = await run(script, { mountPoints }, onHost)
    await stopped(third)
    expect(logOf(third)).toBe('x\n')
  })

  it('without a place on the host dies with its task', async () => {
    const first = await run(script, { mountPoints }, { volumes: [{ name: 'data' }] })
    await stopped(first)
    const second = await run(script, { mountPoints }, { volumes: [{ name: 'data' }] })
    await stopped(second)
    expect(logOf(second)).toBe('x\n')
    expect(existsSync(join(given().dataDir, 'tasks', record(first).id, 'volumes'))).toBe(false)
  })

  it('cannot be put outside of the host', async () => {
    const arn = await run('echo > ./data/file', { mountPoints }, { volumes: [{ name: 'data', host: { sourcePath: '/../../../up' } }] })
    await stopped(arn)
    const files = readdirSync(given().dataDir, { recursive: true }).map(String)
    expect(files.filter((file) => file.endsWith('up/file'))).toEqual([expect.stringMatching(/^hosts\/\w+\/disk\/up\/file$/)])
  })
}
