import * as z from 'zod'
import { number, type Resource, readProperties } from './resource.ts'

export interface TargetSpec {
  arn: string
  /** JSON that is sent instead of the event. */
  input?: unknown
}

/** Events that match the pattern go to the targets. */
export interface RuleSpec {
  name: string
  arn: string
  pattern: Record<string, unknown>
  targets: TargetSpec[]
}

/** The targets are invoked at a rate. */
export interface ScheduleSpec {
  name: string
  arn: string
  /** EventBridge rule or EventBridge Scheduler: their events differ in `source`. */
  source: 'aws.events' | 'aws.scheduler'
  everyMs: number
  targets: TargetSpec[]
}

const RetryPolicy = z.strictObject({ MaximumRetryAttempts: number.optional(), MaximumEventAgeInSeconds: number.optional() }).optional()
/** Where events go that reach no function: here each reaches its own. */
const DeadLetterConfig = z.strictObject({ Arn: z.string() }).optional()
const Target = z.strictObject({ Arn: z.string(), Id: z.string(), Input: z.string().optional(), RetryPolicy, DeadLetterConfig })
const State = z.enum(['ENABLED', 'DISABLED']).default('ENABLED')
const ruleReads = {
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State,
  Targets: z.array(Target).default([]),
}
const ruleIgnores = { Description: 'for people', Name: 'is the identity' }
const scheduleReads = {
  FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
  ScheduleExpression: z.string(),
  State,
  Target: z.strictObject({ Arn: z.string(), RoleArn: z.unknown(), Input: z.string().optional(), RetryPolicy }),
}
const scheduleIgnores = {
  Description: 'for people',
  Name: 'is the identity',
  ScheduleExpressionTimezone: 'a rate has no time zone',
}

const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** @returns milliseconds @throws for anything but `rate(<n> <unit>)` */
export function everyMs(expression: string, at: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  const length = UNITS[unit]
  if (count === undefined || length === undefined || Number(count) < 1)
    throw new Error(`${at} is scheduled by ${expression}; locally only rate(<n> minutes|hours|days) is`)
  return Number(count) * length
}

const targetSpec = (target: { Arn: string; Input?: string | undefined }): TargetSpec =>
  target.Input === undefined ? { arn: target.Arn } : { arn: target.Arn, input: JSON.parse(target.Input) as unknown }

/** Enabled rules and schedules. */
export function readRules(resources: Resource[]): { rules: RuleSpec[]; schedules: ScheduleSpec[] } {
  const rules: RuleSpec[] = []
  const schedules: ScheduleSpec[] = []
  const identity = (resource: Resource): { name: string; arn: string } => ({ name: resource.ref, arn: resource.attribute('Arn') })
  for (const resource of resources) {
    const at = `${resource.type} ${resource.logicalId}`
    if (resource.type === 'AWS::Events::Rule') {
      const {
        EventPattern: pattern,
        ScheduleExpression: expression,
        State: state,
        Targets,
      } = readProperties(resource, ruleReads, ruleIgnores)
      const targets = Targets.map(targetSpec)
      if (state === 'DISABLED') continue
      if (pattern) rules.push({ ...identity(resource), pattern, targets })
      if (expression) schedules.push({ ...identity(resource), source: 'aws.events', everyMs: everyMs(expression, at), targets })
    }
    if (resource.type === 'AWS::Scheduler::Schedule') {
      const { ScheduleExpression: expression, State: state, Target } = readProperties(resource, scheduleReads, scheduleIgnores)
      if (state === 'DISABLED') continue
      schedules.push({ ...identity(resource), source: 'aws.scheduler', everyMs: everyMs(expression, at), targets: [targetSpec(Target)] })
    }
  }
  return { rules, schedules }
}
