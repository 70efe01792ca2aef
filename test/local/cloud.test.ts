import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type Cloud, type CloudOptions, startCloud } from '../../local/cloud.ts'
import type { EventBridgeEvent } from '../../local/events/events.ts'
import { type GivenStack, givenAssembly, givenFunction, OVERRIDES } from './fixtures/assembly.ts'
import { handTurnedTimers } from './fixtures/hand-turned-timers.ts'
import { smallCell, without } from './fixtures/small-cell.ts'

const started: Cloud[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((cloud) => cloud.stop()))
})

/** The little template runs no tasks. */
const images = { pull: () => Promise.reject(new Error('there are no images')) }

interface Recorded {
  cloud: Cloud
  /** Events that the function `recorder` got, once there are so many. */
  recorded(count: number): Promise<unknown[]>
}
async function given(resources: GivenStack['resources'], options: Partial<CloudOptions> = {}): Promise<Recorded> {
  const events: unknown[] = []
  const logs = (name: string, line: string): void => {
    if (name === 'cell-recorder' && line.startsWith('{')) events.push(JSON.parse(line))
  }
  const cloud = await startCloud({ outDir: givenAssembly({ Cell: { resources } }), logs, images, ...options })
  started.push(cloud)
  const recorded = async (count: number): Promise<unknown[]> => {
    while (events.length < count && started.includes(cloud)) await new Promise((resolve) => setTimeout(resolve, 5))
    return events
  }
  return { cloud, recorded }
}
const get = async (cloud: Cloud, path: string): Promise<[number, unknown]> => {
  const response = await fetch(cloud.apiUrl + path)
  return [response.status, await response.json()]
}
const stopped: EventBridgeEvent = {
  version: '0',
  id: 'e1',
  'detail-type': 'ECS Task State Change',
  source: 'aws.ecs',
  account: '123456789012',
  time: '2026-11-22T16:38:53Z',
  region: 'us-east-1',
  resources: [],
  detail: { lastStatus: 'STOPPED' },
}

describe('the cloud of a template', () => {
  it('runs a request through to the table, and its stream to a function', async () => {
    const { cloud, recorded } = await given(smallCell())
    expect(await get(cloud, '/things?action=put&pk=one')).toEqual([200, {}])
    expect(await recorded(1)).toMatchObject([{ Records: [{ eventName: 'INSERT', dynamodb: { Keys: { pk: { S: 'one' } } } }] }])
  })

  it('hands messages of a queue to a function', async () => {
    const { cloud, recorded } = await given(smallCell())
    expect(await get(cloud, '/things?action=send&body=hello')).toMatchObject([200, { MessageId: expect.any(String) }])
    expect(await recorded(1)).toMatchObject([{ Records: [{ eventSource: 'aws:sqs', body: 'hello' }] }])
  })

  it('runs its state machine', async () => {
    const { cloud, recorded } = await given(smallCell())
    expect(await get(cloud, '/things?action=run')).toMatchObject([200, { executionArn: expect.any(String) }])
    expect(await recorded(1)).toEqual([{ from: 'workflow' }])
  })

  it('gives events to its rules and runs its schedules', async () => {
    const timers = handTurnedTimers()
    const { cloud, recorded } = await given(smallCell(), { timers })
    cloud.events.putEvent(stopped)
    expect(await recorded(1)).toEqual([stopped])
    await timers.advance(60_000)
    expect(await recorded(2)).toMatchObject([{}, { source: 'aws.events', 'detail-type': 'Scheduled Event' }])
  })

  it('injects deps into the function that is named, with or without the name of the cell', async () => {
    const { cloud } = await given(smallCell(), { overrides: { front: OVERRIDES } })
    expect(await cloud.lambda.invoke(cloud.functionName('front'), { action: 'greet' })).toEqual({ payload: 'from the override' })
    expect(cloud.functionName('cell-recorder')).toBe('cell-recorder')
    expect(() => cloud.functionName('nobody')).toThrow('0 functions of the template are named nobody')
  })

  it('runs beside another one', async () => {
    const [first, second] = await Promise.all([given(smallCell()), given(smallCell())])
    await get(first.cloud, '/things?action=put&pk=one')
    await get(second.cloud, '/things?action=put&pk=two')
    expect(await first.recorded(1)).toMatchObject([{ Records: [{ dynamodb: { Keys: { pk: { S: 'one' } } } }] }])
    expect(await second.recorded(1)).toMatchObject([{ Records: [{ dynamodb: { Keys: { pk: { S: 'two' } } } }] }])
  })
})

describe('a cloud with a data directory', () => {
  const resumed = (dataDir: string): Promise<Recorded> => given(smallCell(), { dataDir })
  const kept = (): string => mkdtempSync(join(tmpdir(), 'ringhold-kept-'))

  it('has its table again after a restart', async () => {
    const dataDir = kept()
    const before = await resumed(dataDir)
    await get(before.cloud, '/things?action=put&pk=one')
    await started.splice(0)[0]?.stop()
    const after = await resumed(dataDir)
    expect(await get(after.cloud, '/things?action=get&pk=one')).toEqual([200, { Item: { pk: { S: 'one' } } }])
    await started.splice(0)[0]?.stop()
    rmSync(dataDir, { recursive: true })
  })

  it('has it for itself: a second one is turned away, and the first runs on', async () => {
    const dataDir = kept()
    const { cloud } = await resumed(dataDir)
    await expect(resumed(dataDir)).rejects.toThrow('held')
    expect(await get(cloud, '/things?action=put&pk=one')).toEqual([200, {}])
    await started.splice(0)[0]?.stop()
    rmSync(dataDir, { recursive: true })
  })
})

describe('what is taken out of the template is gone:', () => {
  it('a route', async () => {
    const { cloud } = await given(without(smallCell(), 'ThingsRoute'))
    expect(await get(cloud, '/things')).toEqual([404, { message: 'Not Found' }])
    expect(await get(cloud, '/other?action=count')).toEqual([200, 1])
  })

  it('a rule and a schedule', async () => {
    const timers = handTurnedTimers()
    const { cloud } = await given(without(smallCell(), 'TaskStateChange', 'EveryMinute'), { timers })
    cloud.events.putEvent(stopped)
    await timers.advance(3_600_000)
    expect(cloud.lambda.invocations('cell-recorder')).toBe(0)
  })

  it('a right', async () => {
    const lines: string[] = []
    const logs = (_: string, line: string): void => void lines.push(line)
    const { cloud } = await given(without(smallCell(), 'FrontMaySend'), { logs })
    expect(await get(cloud, '/things?action=send&body=hello')).toEqual([500, { message: 'Internal Server Error' }])
    expect(lines.join()).toContain('is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:123456789012:work')
    expect(await get(cloud, '/things?action=put&pk=one')).toEqual([200, {}])
  })

  it('a variable', async () => {
    const { cloud } = await given({ ...smallCell(), Front: givenFunction({ FunctionName: 'cell-front', Timeout: 20 }) })
    const [status, variables] = await get(cloud, '/things?action=environment')
    expect([status, variables]).toEqual([200, expect.not.objectContaining({ TABLE_NAME: expect.anything() })])
  })
})

describe('a cloud that cannot start', () => {
  it('says what in the template it does not know, and leaves nothing behind', async () => {
    const resources = { ...smallCell(), Stream: { Type: 'AWS::Kinesis::Stream' } }
    await expect(given(resources)).rejects.toThrow('neither runs nor knowingly ignores AWS::Kinesis::Stream (Stream)')
  })

  it('says when there is no HTTP API', async () => {
    const resources = without(smallCell(), 'Api', 'Stage', 'Integration', 'ThingsRoute', 'OtherRoute')
    await expect(given(resources)).rejects.toThrow('the template has 0 HTTP APIs; the local cloud serves one')
  })
})
