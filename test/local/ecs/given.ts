import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RegisterTaskDefinitionCommandInput, RunTaskCommandInput } from '@aws-sdk/client-ecs'
import { createEcs, type Ecs } from '../../../local/ecs/ecs.ts'
import type { EcsEvent } from '../../../local/ecs/events.ts'
import type { AgentConfig, EcsOptions, HostGroup } from '../../../local/ecs/options.ts'
import type { TaskRecord } from '../../../local/ecs/records.ts'
import { systemTimers } from '../../../local/timers.ts'
import { type HandTurnedTimers, handTurnedTimers } from '../fixtures/hand-turned-timers.ts'
import { type StillDriver, stillDriver } from './still-driver.ts'

export const CLUSTER = { name: 'cell', arn: 'arn:aws:ecs:us-east-1:111122223333:cluster/cell' }

/** As the template's user data sets the agent up. */
export const AGENT: AgentConfig = {
  containerMetadata: true,
  attributes: [{ name: 'ringhold.address', value: { imds: 'local-ipv4' } }],
}

export const hostGroup = (az: string, more: Partial<HostGroup> = {}): HostGroup => ({
  capacityProvider: `small-${az}`,
  clusterName: 'cell',
  asg: `asg-${az}`,
  az,
  instanceType: 'c7g.large',
  min: 1,
  max: 2,
  agent: AGENT,
  ...more,
})

/** One host in each of two AZs; images are the machine's own programs. */
export const ecsOptions = (dataDir: string, more: Partial<EcsOptions> = {}): EcsOptions => ({
  account: '111122223333',
  region: 'us-east-1',
  clusters: [CLUSTER],
  hostGroups: [hostGroup('a'), hostGroup('b')],
  subnets: [
    { id: 'subnet-a', az: 'a' },
    { id: 'subnet-b', az: 'b' },
  ],
  readSecret: async (name) => `secret of ${name}`,
  images: { pull: async () => ({ path: '', version: '1' }) },
  emit: () => undefined,
  dataDir,
  timers: systemTimers,
  ...more,
})

export const freshDirectory = (): string => mkdtempSync(join(tmpdir(), 'ecs-'))

/** A definition whose container runs this shell script. */
export const shellTask = (
  family: string,
  script: string,
  more: Partial<RegisterTaskDefinitionCommandInput> = {},
): RegisterTaskDefinitionCommandInput => ({
  family,
  networkMode: 'awsvpc',
  requiresCompatibilities: ['EC2'],
  cpu: '128',
  memory: '256',
  executionRoleArn: 'arn:aws:iam::111122223333:role/execution',
  containerDefinitions: [{ name: 'node', image: 'shell:1', essential: true, entryPoint: ['sh', '-c'], command: [script], stopTimeout: 5 }],
  ...more,
})

export const runIn = (az: string, taskDefinition: string, more: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput => ({
  cluster: 'cell',
  taskDefinition,
  count: 1,
  capacityProviderStrategy: [{ capacityProvider: `small-${az}`, weight: 1 }],
  networkConfiguration: { awsvpcConfiguration: { subnets: [`subnet-${az}`], securityGroups: ['sg-1'] } },
  ...more,
})

export interface GivenEcs {
  ecs: Ecs
  timers: HandTurnedTimers
  driver: StillDriver
  events: EcsEvent[]
  dataDir: string
  /** An operation's answer, or the code and message of its error. */
  call(operation: string, input: object): Promise<Record<string, unknown>>
  /** Runs a task and lets happen what happens at once. */
  run(input: RunTaskCommandInput): Promise<TaskRecord>
  task(arn: string): TaskRecord
  /** What the events of a task told, in their order. */
  told(arn: string): string[]
  stop(): Promise<void>
}

const settled = (timers: HandTurnedTimers): Promise<void> => timers.advance(0)

/** The model with thought-of containers, on a clock that stands still; the definition `t` is registered. */
export async function givenEcs(more: Partial<EcsOptions> = {}): Promise<GivenEcs> {
  const dataDir = more.dataDir ?? freshDirectory()
  const timers = handTurnedTimers(1_800_000_000_000)
  const driver = stillDriver()
  const events: EcsEvent[] = []
  const ecs = await createEcs(ecsOptions(dataDir, { timers, driver: driver.make, emit: (event) => events.push(event), ...more }))
  await ecs.resume()
  async function call(operation: string, input: object): Promise<Record<string, unknown>> {
    const headers = { 'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}` }
    const request = {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers,
      body: Buffer.from(JSON.stringify(input)),
      json: () => input,
      caller: 'test',
    }
    const answer = await ecs.service.handle(request)
    await settled(timers)
    const body: Record<string, unknown> = JSON.parse(answer.body.toString())
    return body
  }
  function task(arn: string): TaskRecord {
    const found = ecs.tasks().find((each) => each.arn === arn)
    if (!found) throw new Error(`there is no task ${arn}`)
    return found
  }
  await call('RegisterTaskDefinition', shellTask('t', 'sleep 100'))
  return {
    ...{ ecs, timers, driver, events, dataDir, call, task },
    run: async (input) => {
      const before = new Set(ecs.tasks().map(({ arn }) => arn))
      const answer = await call('RunTask', input)
      const started = ecs.tasks().find(({ arn }) => !before.has(arn))
      if (!started) throw new Error(`RunTask started nothing: ${JSON.stringify(answer)}`)
      return started
    },
    told: (arn) =>
      events
        .filter(({ resources }) => resources.includes(arn))
        .map(({ detail }) => `${detail.version} ${detail.lastStatus} (${detail.desiredStatus})`),
    stop: async () => {
      await ecs.stop('end')
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
