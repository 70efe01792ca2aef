import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ECSClient, type RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs'
import type { TaskRecord } from '../../../local/ecs/records.ts'
import { until } from '../../support/until.ts'
import type { ContainerKind } from './container-kinds.ts'
import { type EcsOnHttp, startEcs } from './ecs-on-http.ts'
import { freshDirectory, shellTask } from './given.ts'
import { processesOf } from './live-processes.ts'

const SCRIPT = 'echo started >> ./data/starts; exec sleep 1000'

export interface GivenModel {
  dataDir(): string
  /** Writes that it was started, and sleeps. */
  definition(script?: string): RegisterTaskDefinitionCommandInput
  /** A model in a process of its own. */
  startModel(): Promise<ECSClient>
  killModel(): Promise<void>
  /** A model in this process, on the data of the one before. */
  resume(): Promise<EcsOnHttp>
  /** Ends that model, and all it has. */
  end(): Promise<void>
  pids(): number[]
  /** Waits until so many containers of the model sleep. */
  sleepers(count: number): Promise<number[]>
  inState(model: EcsOnHttp, lastStatus: string): TaskRecord[]
}

/** A model that can be killed and started again; nothing of it is left after a test. */
export function givenModel(kind: ContainerKind): GivenModel {
  let dataDir = ''
  let model: ChildProcess | undefined
  let given: EcsOnHttp | undefined
  beforeEach(() => {
    dataDir = freshDirectory()
  })
  async function end(): Promise<void> {
    const ending = given
    given = undefined
    await ending?.stop()
  }
  afterEach(async () => {
    model?.kill('SIGKILL')
    await end()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const pids = (): number[] =>
    processesOf(dataDir)
      .map(({ pid }) => pid)
      .sort()
  const asleep = (): boolean => processesOf(dataDir).every(({ command }) => command.startsWith('sleep'))
  return {
    pids,
    end,
    dataDir: () => dataDir,
    definition: (script = SCRIPT) =>
      shellTask('t', script, {
        volumes: [{ name: 'data' }],
        containerDefinitions: [
          {
            ...{ name: 'node', image: 'shell:1', entryPoint: ['sh', '-c'], command: [script] },
            environment: [{ name: 'WHOSE', value: dataDir }],
            linuxParameters: { initProcessEnabled: true },
            mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
          },
        ],
      }),
    startModel: async () => {
      const script = fileURLToPath(new URL('./model-process.ts', import.meta.url))
      const child = spawn(process.execPath, [script, dataDir, kind.name], { stdio: ['ignore', 'pipe', 'inherit'] })
      model = child
      const url = await new Promise<string>((resolve) => child.stdout.once('data', (line) => resolve(String(line).trim())))
      const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
      return new ECSClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 })
    },
    killModel: async () => {
      const child = model
      if (!child) throw new Error('no model')
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
    resume: async () => {
      given = await startEcs({ dataDir, driver: kind.driver(dataDir) })
      return given
    },
    sleepers: (count) => until(`${count} containers sleep`, () => (pids().length === count && asleep() ? pids() : undefined)),
    inState: (of, lastStatus) => of.ecs.tasks().filter((task) => task.lastStatus === lastStatus),
  }
}
