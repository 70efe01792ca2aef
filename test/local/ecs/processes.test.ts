import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { addressAt } from '../../../local/ecs/address-block.ts'
import type { TaskRecord } from '../../../local/ecs/records.ts'
import { type EcsOnHttp, startEcs } from './ecs-on-http.ts'
import { runIn, shellTask } from './given.ts'
import { processesOf } from './live-processes.ts'

let given: EcsOnHttp
beforeEach(async () => {
  given = await startEcs()
})
afterEach(() => given.stop())

type Container = NonNullable<RegisterTaskDefinitionCommandInput['containerDefinitions']>[number]

/** Registers and runs a container with that script. */
async function run(
  script: string,
  container: Partial<Container> = {},
  more: Partial<RegisterTaskDefinitionCommandInput> = {},
): Promise<string> {
  const base = { name: 'node', image: 'shell:1', entryPoint: ['sh', '-c'], command: [script], stopTimeout: 5 }
  await given.client.send(
    new RegisterTaskDefinitionCommand(shellTask('t', script, { containerDefinitions: [{ ...base, ...container }], ...more })),
  )
  const { tasks } = await given.client.send(new RunTaskCommand(runIn('a', 't')))
  return tasks?.[0]?.taskArn ?? ''
}
async function describeTask(arn: string): Promise<Task | undefined> {
  return (await given.client.send(new DescribeTasksCommand({ cluster: 'cell', tasks: [arn] }))).tasks?.[0]
}
async function stopped(arn: string): Promise<Task | undefined> {
  await given.reaches(arn, 'STOPPED')
  return describeTask(arn)
}
const stop = (arn: string) => given.client.send(new StopTaskCommand({ cluster: 'cell', task: arn }))
function record(arn: string): TaskRecord {
  const found = given.ecs.tasks().find((task) => task.arn === arn)
  if (!found) throw new Error(`no task ${arn}`)
  return found
}
const logOf = (arn: string): string => readFileSync(join(given.dataDir, 'tasks', record(arn).id, 'log'), 'utf8')
/** Waits until a running container has written that much to its log. */
async function logged(arn: string, pattern: RegExp): Promise<string> {
  while (!pattern.test(logOf(arn))) await new Promise((resolve) => setTimeout(resolve, 5))
  return logOf(arn)
}

describe('a process as a container', () => {
  it('learns its own address from the metadata endpoint', async () => {
    const arn = await run('curl -s $ECS_CONTAINER_METADATA_URI_V4; echo; curl -s $ECS_CONTAINER_METADATA_URI_V4/task')
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
    expect(processesOf(given.dataDir)).toHaveLength(3)
    given.ecs.killTask(arn)
    await stopped(arn)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(processesOf(given.dataDir)).toEqual([])
  })

  it('gets secrets in its environment alone', async () => {
    const secrets = [{ name: 'PASSWORD', valueFrom: '/cell/password' }]
    const arn = await run('echo ready; exec sleep 1000', { secrets })
    await logged(arn, /ready/)
    const [process] = processesOf(given.dataDir)
    expect(process?.environment).toContain('PASSWORD=secret of /cell/password')
    expect([process?.command, logOf(arn), JSON.stringify(given.ecs.tasks())].join()).not.toContain('secret of')
  })

  it('has nothing of our own environment', async () => {
    const arn = await run('env')
    await stopped(arn)
    const names = logOf(arn)
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0])
    expect(names.sort()).toEqual(['AWS_EXECUTION_ENV', 'ECS_CONTAINER_METADATA_URI_V4', 'HOME', 'PATH', 'PWD'])
  })

  it('has the limit of open files that its definition sets', async () => {
    const arn = await run('ulimit -S -n', { ulimits: [{ name: 'nofile', softLimit: 333, hardLimit: 333 }] })
    await stopped(arn)
    expect(logOf(arn)).toBe('333\n')
  })
})

describe('data', () => {
  const mountPoints = [{ sourceVolume: 'data', containerPath: '/data' }]
  const onHost = { volumes: [{ name: 'data', host: { sourcePath: '/var/lib/ring' } }] }
  const script = 'echo x >> ./data/file; cat ./data/file'

  it('on the host is there for the next task, and dies with the host', async () => {
    await stopped(await run(script, { mountPoints }, onHost))
    const second = await run(script, { mountPoints }, onHost)
    await stopped(second)
    expect(logOf(second)).toBe('x\nx\n')
    given.ecs.killHost(record(second).hostArn ?? '')
    expect(existsSync(join(given.dataDir, 'hosts'))).toBe(true)
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
    expect(existsSync(join(given.dataDir, 'tasks', record(first).id, 'volumes'))).toBe(false)
  })

  it('cannot be put outside of the host', async () => {
    const arn = await run('cd -P ./data && pwd', { mountPoints }, { volumes: [{ name: 'data', host: { sourcePath: '/../../../up' } }] })
    await stopped(arn)
    expect(logOf(arn)).toMatch(/\/hosts\/\w+\/disk\/up\n$/)
  })
})

describe('an address', () => {
  it('where a stranger listens is given to no task', async () => {
    const portMappings = [{ containerPort: 24_999 }]
    const first = await run('exec sleep 1000', { portMappings })
    await given.reaches(first, 'RUNNING')
    const address = record(first).eni?.address ?? ''
    const next = address.replace(/\d+$/, (last) => String(Number(last) + 1))
    const stranger = createServer().listen(24_999, next)
    const second = await run('exec sleep 1000', { portMappings })
    await given.reaches(second, 'RUNNING')
    expect(record(second).eni?.address).toBe(address.replace(/\d+$/, (last) => String(Number(last) + 2)))
    stranger.close()
  })

  it('is of a block that two models never share', async () => {
    const other = await startEcs({ dataDir: `${given.dataDir}-other` })
    const blocks = [given, other].map(({ dataDir }) => addressAt(Number(readFileSync(join(dataDir, 'block'), 'utf8')), 0))
    expect(new Set(blocks).size).toBe(2)
    await other.stop()
  })
})
