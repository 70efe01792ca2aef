import { randomUUID } from 'node:crypto'
import { type EventPattern, eventPattern } from '../aws/event-pattern.ts'
import type { RuleSpec, ScheduleSpec, TargetSpec } from '../template/rules.ts'
import type { Timers } from '../timers.ts'

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export interface EventBridgeEvent {
  version: '0'
  id: string
  'detail-type': string
  source: string
  account: string
  /** RFC 3339, whole seconds. */
  time: string
  region: string
  resources: string[]
  detail: unknown
}

export interface EventsOptions {
  rules: RuleSpec[]
  schedules: ScheduleSpec[]
  account: string
  region: string
  /** Hands an event over to a function; what becomes of it, and trying again, is Lambda's business. */
  invokeAsync: (functionArn: string, event: unknown) => void
  timers: Timers
}

export interface Events {
  /** To the targets of every rule that it matches. */
  putEvent(event: EventBridgeEvent): void
  /** What comes later goes nowhere. */
  stop(): void
}

function refuseOtherTargets(owner: string, targets: TargetSpec[]): void {
  for (const { arn } of targets)
    if (arn.split(':')[2] !== 'lambda') throw new Error(`${owner} has the target ${arn}; locally only functions are targets`)
}

function matcherOf(rule: RuleSpec): EventPattern {
  try {
    return eventPattern(rule.pattern)
  } catch (cause) {
    throw new Error(`rule ${rule.name}: ${Error.isError(cause) ? cause.message : String(cause)}`, { cause })
  }
}

/** The rules and schedules of the template on the default bus, and no others. */
export function createEvents(options: EventsOptions): Events {
  const { timers, invokeAsync, account, region } = options
  for (const owner of [...options.rules, ...options.schedules]) refuseOtherTargets(owner.name, owner.targets)
  const rules = options.rules.map((rule) => ({ ...rule, matches: matcherOf(rule) }))
  const cancels = new Map<string, () => void>()
  let stopped = false

  const send = (target: TargetSpec, event: EventBridgeEvent): void =>
    invokeAsync(target.arn, target.input === undefined ? event : target.input)

  function scheduledEvent(schedule: ScheduleSpec): EventBridgeEvent {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: schedule.source,
      account,
      time: new Date(timers.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources: [schedule.arn],
      // The scheduler sends it as text: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
      detail: schedule.source === 'aws.scheduler' ? '{}' : {},
    }
  }
  /** Counted from when it was due, so that a rate does not drift. Of what a clock that was moved skipped, only the last is made up for. */
  function arm(schedule: ScheduleSpec, due: number): void {
    const cancel = timers.after(Math.max(0, due - timers.now()), () => {
      const missed = Math.floor(Math.max(0, timers.now() - due) / schedule.everyMs)
      arm(schedule, due + (missed + 1) * schedule.everyMs)
      for (const target of schedule.targets) send(target, scheduledEvent(schedule))
    })
    cancels.set(schedule.arn, cancel)
  }
  for (const schedule of options.schedules) arm(schedule, timers.now() + schedule.everyMs)

  return {
    putEvent: (event) => {
      for (const rule of rules) {
        if (stopped || !rule.matches(event)) continue
        for (const target of rule.targets) send(target, event)
      }
    },
    stop: () => {
      stopped = true
      for (const cancel of cancels.values()) cancel()
      cancels.clear()
    },
  }
}
