import { describe, expect, it } from '@jest/globals'
import { createEvents, type EventBridgeEvent, type EventsOptions } from '../../../local/events/events.ts'
import { handTurnedTimers } from '../fixtures/hand-turned-timers.ts'

const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:123456789012:function:${name}`
const taskEvent: EventBridgeEvent = {
  version: '0',
  id: 'e1',
  'detail-type': 'ECS Task State Change',
  source: 'aws.ecs',
  account: '123456789012',
  time: '2026-11-22T16:38:53Z',
  region: 'us-east-1',
  resources: [],
  detail: { lastStatus: 'RUNNING' },
}

function given(options: Partial<EventsOptions>) {
  const timers = handTurnedTimers(Date.UTC(2026, 10, 22))
  const sent: [string, unknown][] = []
  const invokeAsync = (arn: string, event: unknown): void => {
    sent.push([arn, event])
  }
  const events = createEvents({ rules: [], schedules: [], account: '123456789012', region: 'us-east-1', invokeAsync, timers, ...options })
  return { timers, sent, events }
}
const rule = (name: string, pattern: Record<string, unknown>, targets = [{ arn: arnOf(name) }]) => ({
  name,
  arn: `arn:aws:events:us-east-1:123456789012:rule/${name}`,
  pattern,
  targets,
})

describe('an event', () => {
  it('goes whole to every target of every rule that it matches', () => {
    const { sent, events } = given({
      rules: [
        rule('both', { source: ['aws.ecs'] }, [{ arn: arnOf('one') }, { arn: arnOf('two') }]),
        rule('other', { source: ['aws.ec2'] }),
        rule('three', { detail: { lastStatus: ['RUNNING'] } }),
      ],
    })
    events.putEvent(taskEvent)
    expect(sent).toEqual(['one', 'two', 'three'].map((name) => [arnOf(name), taskEvent]))
  })

  it('is replaced by the input of a target that has one', () => {
    const { sent, events } = given({
      rules: [{ ...rule('fixed', { source: ['aws.ecs'] }), targets: [{ arn: arnOf('fixed'), input: { go: 1 } }] }],
    })
    events.putEvent(taskEvent)
    expect(sent).toEqual([[arnOf('fixed'), { go: 1 }]])
  })
})

describe('a schedule', () => {
  const schedule = (source: 'aws.events' | 'aws.scheduler') => ({
    name: 'sweep',
    arn: 'arn:sweep',
    source,
    everyMs: 60_000,
    targets: [{ arn: arnOf('sweep') }],
  })

  it('invokes its targets at its rate, until the stop', async () => {
    const { timers, sent, events } = given({ schedules: [schedule('aws.events')] })
    await timers.advance(59_999)
    expect(sent).toEqual([])
    await timers.advance(120_001)
    expect(sent.map(([, event]) => event)).toEqual(
      ['00:01', '00:02', '00:03'].map((minute) =>
        expect.objectContaining({
          'detail-type': 'Scheduled Event',
          source: 'aws.events',
          time: `2026-11-22T${minute}:00Z`,
          resources: ['arn:sweep'],
          detail: {},
        }),
      ),
    )
    events.stop()
    expect(timers.pending()).toBe(0)
  })

  it('of the scheduler says so', async () => {
    const { timers, sent } = given({ schedules: [schedule('aws.scheduler')] })
    await timers.advance(60_000)
    expect(sent).toEqual([[arnOf('sweep'), expect.objectContaining({ source: 'aws.scheduler', detail: '{}' })]])
  })
})

it('refuses targets that are no functions, and operators it does not know, at the start', () => {
  const queue = { ...rule('queued', {}), targets: [{ arn: 'arn:aws:sqs:us-east-1:123456789012:queue' }] }
  expect(() => given({ rules: [queue] })).toThrow('queued has the target arn:aws:sqs:us-east-1:123456789012:queue')
  expect(() => given({ rules: [rule('suffixed', { source: [{ suffix: 'ecs' }] })] })).toThrow(
    'rule suffixed: event pattern: the local model has no operator {"suffix":"ecs"}',
  )
})
