import * as z from 'zod'
import { type EventPattern, eventPattern } from '../aws/event-pattern.ts'
import type { EcsEvent } from '../ecs/events.ts'
import type { Timers } from '../timers.ts'
import type { ActiveFault, Registry } from './registry.ts'
import { draws, Selection, selector } from './selection.ts'

function patternOf(value: object, context: z.RefinementCtx): EventPattern {
  try {
    return eventPattern(value)
  } catch (error) {
    context.addIssue({ code: 'custom', message: Error.isError(error) ? error.message : String(error) })
    return z.NEVER
  }
}

const common = {
  pattern: z
    .record(z.string(), z.unknown())
    .default({})
    .superRefine((value, context) => void patternOf(value, context))
    .describe('an EventBridge pattern; by default all events of ECS'),
  ...Selection,
}

/** What is done to events of ECS on their way to the rules. AWS promises none of what this takes away but that they come. */
export const EventFault = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('drop'), ...common }),
  z.strictObject({ action: z.literal('duplicate'), copies: z.int().min(1).max(20).default(1), ...common }),
  z.strictObject({ action: z.literal('delay'), delay_ms: z.int().min(1).max(3_600_000), ...common }),
  z.strictObject({
    action: z.literal('reorder'),
    window: z.int().min(2).max(1000).default(5).describe('so many are shuffled together'),
    ...common,
  }),
])
export type EventFault = z.infer<typeof EventFault>

type Deliver = (event: EcsEvent) => void
interface Active {
  takes(event: EcsEvent): boolean
  /** Does to it what it does, and hands on what is left of it. */
  take(event: EcsEvent, on: Deliver): void
  /** Hands on what it holds. */
  flush(): void
}

/** What is held for a shuffle is not held longer than this: the last ones would never come. */
const HOLD_MS = 2000

function reordering(window: number, seed: number, timers: Timers): Pick<Active, 'take' | 'flush'> {
  const draw = draws(seed)
  const held: { event: EcsEvent; on: Deliver }[] = []
  let cancel = (): void => undefined
  function flush(): void {
    cancel()
    const shuffled = held.splice(0).map((each) => ({ each, at: draw() }))
    for (const { each } of shuffled.sort((a, b) => a.at - b.at)) each.on(each.event)
  }
  return {
    flush,
    take: (event, on) => {
      if (held.length === 0) cancel = timers.after(HOLD_MS, flush)
      if (held.push({ event, on }) >= window) flush()
    },
  }
}

function delaying(ms: number, timers: Timers): Pick<Active, 'take' | 'flush'> {
  const held = new Map<() => void, () => void>()
  return {
    take: (event, on) => {
      const go = (): void => {
        held.get(go)?.()
        held.delete(go)
        on(event)
      }
      held.set(go, timers.after(ms, go))
    },
    flush: () => {
      for (const go of [...held.keys()]) go()
    },
  }
}

function doing(fault: EventFault, timers: Timers): Pick<Active, 'take' | 'flush'> {
  const nothingHeld = { flush: () => undefined }
  switch (fault.action) {
    case 'drop':
      return { take: () => undefined, ...nothingHeld }
    case 'duplicate':
      return { take: (event, on) => Array.from({ length: fault.copies + 1 }, () => on(event)), ...nothingHeld }
    case 'delay':
      return delaying(fault.delay_ms, timers)
    case 'reorder':
      return reordering(fault.window, fault.seed, timers)
  }
}

export interface EventFaults {
  add(fault: EventFault): ActiveFault
  /** Through the faults, in the order in which they were added. @returns the actions that it was hit by */
  pass(event: EcsEvent, deliver: Deliver): EventFault['action'][]
}

export function eventFaults(registry: Registry, timers: Timers): EventFaults {
  const active = new Map<Active, { fault: EventFault; entry: ActiveFault }>()
  return {
    add: (fault) => {
      const { pattern, action: _action, ...chosenBy } = fault
      const fits = eventPattern(pattern)
      const chosen = selector(chosenBy)
      const added: Active = { takes: (event) => fits(event) && chosen(), ...doing(fault, timers) }
      const entry = registry.add('events', fault, () => {
        active.delete(added)
        added.flush()
      })
      active.set(added, { fault, entry })
      return entry
    },
    pass: (event, deliver) => {
      const hit = [...active].filter(([each]) => each.takes(event))
      for (const [, { entry }] of hit) registry.hit(entry)
      hit.reduceRight<Deliver>(
        (on, [each]) =>
          (one) =>
            each.take(one, on),
        deliver,
      )(event)
      return hit.map(([, { fault }]) => fault.action)
    },
  }
}
