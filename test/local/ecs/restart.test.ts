import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ECSClient, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { TaskRecord } from '../../../local/ecs/records.ts'
import { type EcsOnHttp, startEcs } from './ecs-on-http.ts'
import { freshDirectory, runIn, shellTask } from './given.ts'
import { processesOf } from './live-processes.ts'

let dataDir: string
let model: ChildProcess | undefined
let given: EcsOnHttp | undefined
beforeEach(() => {
  dataDir = freshDirectory()
})
afterEach(async () => {
  model?.kill('SIGKILL')
  await given?.stop()
  given = undefined
  rmSync(dataDir, { recursive: true, force: true })
})

const SCRIPT = 'date +%N >> ./data/starts; exec sleep 1000'
const DEFINITION = shellTask('t', SCRIPT, {
  volumes: [{ name: 'data' }],
  containerDefinitions: [
    {
      name: 'node',
      image: 'shell:1',
      entryPoint: ['sh', '-c'],
      command: [SCRIPT],
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
    },
  ],
})

/** A model in a process of its own. */
async function startModel(): Promise<ECSClient> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./model-process.ts', import.meta.url)), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  model = child
  const url = await new Promise<string>((resolve) => child.stdout.once('data', (line) => resolve(String(line).trim())))
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  return new ECSClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 })
}
async function killModel(): Promise<void> {
  const child = model
  if (!child) throw new Error('no model')
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}
async function resume(): Promise<EcsOnHttp> {
  given = await startEcs({ dataDir })
  return given
}
const pids = (): number[] =>
  processesOf(dataDir)
    .map(({ pid }) => pid)
    .sort()
const inState = (ecs: EcsOnHttp, lastStatus: string): TaskRecord[] => ecs.ecs.tasks().filter((task) => task.lastStatus === lastStatus)
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('after a kill -9 of the model', () => {
  it('its processes run on, are adopted, and are heard of when they end', async () => {
    const client = await startModel()
    await client.send(new RegisterTaskDefinitionCommand(DEFINITION))
    await Promise.all(['a', 'b'].map((az) => client.send(new RunTaskCommand(runIn(az, 't')))))
    await until(() => pids().length === 2)
    await killModel()
    const before = pids()
    expect(before).toHaveLength(2)

    const second = await resume()
    await until(() => inState(second, 'RUNNING').length === 2)
    expect(pids()).toEqual(before)
    const [first] = second.ecs.tasks()
    expect(second.ecs.killTask(first?.arn ?? '')).toBe(true)
    const event = await second.reaches(first?.arn, 'STOPPED')
    expect(event.detail).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ reason: expect.stringMatching(/unknown/) }] })
    expect(inState(second, 'RUNNING')).toHaveLength(1)
    client.destroy()
  })

  it('a process that died meanwhile makes its task STOPPED, with an event', async () => {
    const client = await startModel()
    await client.send(new RegisterTaskDefinitionCommand(DEFINITION))
    await client.send(new RunTaskCommand(runIn('a', 't')))
    await until(() => pids().length === 1)
    await killModel()
    for (const pid of pids()) process.kill(pid, 'SIGKILL')
    const second = await resume()
    const [task] = second.ecs.tasks()
    expect((await second.reaches(task?.arn, 'STOPPED')).detail).toMatchObject({ stoppedReason: 'Essential container in task exited' })
    client.destroy()
  })

  it.each([0, 4, 8, 16, 32])('no process is lost and none runs twice: killed %i ms into starting six tasks', async (delay) => {
    const client = await startModel()
    await client.send(new RegisterTaskDefinitionCommand(DEFINITION))
    const calls = Array.from({ length: 6 }, (_, n) =>
      client.send(new RunTaskCommand(runIn(n % 2 ? 'a' : 'b', 't', { clientToken: `node-${n}` }))).catch(() => undefined),
    )
    await new Promise((resolve) => setTimeout(resolve, delay))
    await killModel()
    await Promise.all(calls)
    client.destroy()

    const second = await resume()
    // The caller asks again with the same tokens, as it never heard.
    await Promise.all(
      calls.map((_, n) => second.client.send(new RunTaskCommand(runIn(n % 2 ? 'a' : 'b', 't', { clientToken: `node-${n}` })))),
    )
    await until(() => second.ecs.tasks().every((task) => task.lastStatus === 'RUNNING'))
    expect(second.ecs.tasks()).toHaveLength(6)
    await until(() => processesOf(dataDir).every(({ command }) => command.startsWith('sleep')))
    expect(pids()).toHaveLength(6)
    expect(new Set(second.ecs.tasks().map((task) => task.eni?.address)).size).toBe(6)
  })

  it('a task told to run whose process had not even begun is begun again', async () => {
    const first = await resume()
    await first.client.send(new RegisterTaskDefinitionCommand(DEFINITION))
    const { tasks = [] } = await first.client.send(new RunTaskCommand(runIn('a', 't')))
    await first.reaches(tasks[0]?.taskArn, 'RUNNING')
    await first.close()
    await first.ecs.stop('keep')
    const file = join(dataDir, 'tasks.jsonl')
    const [arn, record] = JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '')
    const cutShort = { ...record, paused: false, container: { ...record.container, launch: 7 } }
    writeFileSync(file, `${JSON.stringify([arn, cutShort])}\n`)

    const second = await resume()
    await until(() => processesOf(dataDir)[0]?.command.startsWith('sleep') === true)
    expect(second.ecs.tasks()).toMatchObject([{ arn, lastStatus: 'RUNNING', container: { launch: 8 } }])
  })

  it('the same data cannot be opened twice', async () => {
    await startModel()
    await expect(startEcs({ dataDir })).rejects.toThrow(/held by another process/)
    await killModel()
  })
})

describe('after a clean stop that keeps', () => {
  it('the same tasks come back, at the same addresses with the same directories', async () => {
    const first = await resume()
    await first.client.send(new RegisterTaskDefinitionCommand(DEFINITION))
    const { tasks = [] } = await first.client.send(new RunTaskCommand(runIn('a', 't')))
    await first.reaches(tasks[0]?.taskArn, 'RUNNING')
    const [before] = first.ecs.tasks()
    await until(() => processesOf(dataDir)[0]?.command.startsWith('sleep') === true)
    await first.close()
    await first.ecs.stop('keep')
    expect(pids()).toEqual([])

    const second = await resume()
    await until(() => processesOf(dataDir)[0]?.command.startsWith('sleep') === true)
    expect(second.ecs.tasks()).toMatchObject([
      { arn: before?.arn, lastStatus: 'RUNNING', version: before?.version, eni: before?.eni, paused: false, container: { launch: 2 } },
    ])
  })
})

describe('a stop that ends', () => {
  it('leaves neither process nor file', async () => {
    const first = await resume()
    await first.client.send(new RegisterTaskDefinitionCommand(shellTask('t', "trap '' TERM; while :; do sleep 1; done")))
    const { tasks = [] } = await first.client.send(new RunTaskCommand(runIn('a', 't')))
    await first.reaches(tasks[0]?.taskArn, 'RUNNING')
    await first.stop()
    given = undefined
    await until(() => pids().length === 0)
  })
})
