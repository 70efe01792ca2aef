import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import type { TaskRecord } from '../../../local/ecs/records.ts'
import { until } from '../../support/until.ts'
import type { ContainerKind } from './container-kinds.ts'
import { type EcsOnHttp, startEcs } from './ecs-on-http.ts'
import { freshDirectory, runIn, shellTask } from './given.ts'
import { type LiveProcess, processesOf } from './live-processes.ts'

type Definition = Partial<RegisterTaskDefinitionCommandInput>
type Container = NonNullable<RegisterTaskDefinitionCommandInput['containerDefinitions']>[number]

export interface GivenContainers {
  given(): EcsOnHttp
  /** Registers and runs a container with that script. */
  run(script: string, container?: Partial<Container>, more?: Definition, az?: 'a' | 'b'): Promise<string>
  stop(arn: string): Promise<unknown>
  stopped(arn: string): Promise<Task | undefined>
  record(arn: string): TaskRecord
  logOf(arn: string): string
  /** Waits until a running container has written that much to its log. */
  logged(arn: string, pattern: RegExp): Promise<string>
  processes(): LiveProcess[]
}

/** The model over one kind of containers, anew for each test. */
export function givenContainers(kind: ContainerKind): GivenContainers {
  let ecs: EcsOnHttp | undefined
  beforeEach(async () => {
    const dataDir = freshDirectory()
    ecs = await startEcs({ dataDir, driver: kind.driver(dataDir) })
  })
  afterEach(() => ecs?.stop())
  function given(): EcsOnHttp {
    if (!ecs) throw new Error('the model did not start')
    return ecs
  }
  function record(arn: string): TaskRecord {
    const found = given()
      .ecs.tasks()
      .find((task) => task.arn === arn)
    if (!found) throw new Error(`no task ${arn}`)
    return found
  }
  function logOf(arn: string): string {
    const file = join(given().dataDir, 'tasks', record(arn).id, 'log')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
  return {
    ...{ given, record, logOf },
    run: async (script, container = {}, more = {}, az = 'a') => {
      const base: Container = {
        ...{ name: 'node', image: 'shell:1', entryPoint: ['sh', '-c'], command: [script], stopTimeout: 5 },
        environment: [{ name: 'WHOSE', value: given().dataDir }],
        linuxParameters: { initProcessEnabled: true },
      }
      const definition = shellTask('t', script, { containerDefinitions: [{ ...base, ...container }], ...more })
      await given().client.send(new RegisterTaskDefinitionCommand(definition))
      const network = more.networkMode === 'host' ? { networkConfiguration: undefined } : {}
      const { tasks } = await given().client.send(new RunTaskCommand(runIn(az, 't', network)))
      return tasks?.[0]?.taskArn ?? ''
    },
    stop: (arn) => given().client.send(new StopTaskCommand({ cluster: 'cell', task: arn })),
    stopped: async (arn) => {
      await given().reaches(arn, 'STOPPED')
      return (await given().client.send(new DescribeTasksCommand({ cluster: 'cell', tasks: [arn] }))).tasks?.[0]
    },
    logged: (arn, pattern) => until(`the log says ${pattern}`, () => (pattern.test(logOf(arn)) ? logOf(arn) : undefined)),
    processes: () => processesOf(given().dataDir),
  }
}
