import * as z from 'zod'
import { type Graph, parseState, queryLanguage, type State } from './machine.ts'
import { Refused } from './refused.ts'

/** A state machine of which every state, path and template is known to be runnable here. */
export interface Machine {
  name: string
  arn: string
  graph: Graph
  /** Longest that an execution may run. */
  timeoutSeconds: number | undefined
}

const Definition = z.strictObject({
  Comment: z.string().optional(),
  Version: z.literal('1.0').optional(),
  QueryLanguage: queryLanguage,
  TimeoutSeconds: z.int().min(1).max(99_999_999).optional(),
  StartAt: z.string(),
  States: z.record(z.string(), z.unknown()),
})

function targets(state: State): string[] {
  const next = 'Next' in state && state.Next !== undefined ? [state.Next] : []
  if (state.Type === 'Choice')
    return [...state.Choices.map((choice) => choice.Next), ...(state.Default === undefined ? [] : [state.Default])]
  if (state.Type === 'Task' || state.Type === 'Map') return [...next, ...state.Catch.map((catcher) => catcher.Next)]
  return next
}

function checkEnding(name: string, state: State): void {
  if (state.Type === 'Choice' || state.Type === 'Succeed' || state.Type === 'Fail') return
  if ((state.Next === undefined) !== (state.End === true)) throw new Refused(`state ${name} needs either Next or End: true`)
}

function loadState(name: string, raw: unknown, taken: Set<string>): State {
  // https://states-language.net/spec.html#states-fields: at most 80 characters, unique in the whole machine.
  if (name.length > 80) throw new Refused(`state name ${name} is longer than 80 characters`)
  if (taken.has(name)) throw new Refused(`state name ${name} is used twice`)
  taken.add(name)
  const shape = parseState(name, raw)
  const state = shape.Type === 'Map' ? { ...shape, processor: loadGraph(shape.ItemProcessor, taken) } : shape
  checkEnding(name, state)
  return state
}

function loadGraph(raw: { StartAt: string; States: Record<string, unknown> }, taken: Set<string>): Graph {
  const states = new Map(Object.entries(raw.States).map(([name, state]) => [name, loadState(name, state, taken)]))
  if (!states.has(raw.StartAt)) throw new Refused(`StartAt names ${raw.StartAt}, which is no state`)
  for (const [name, state] of states) {
    const missing = targets(state).find((target) => !states.has(target))
    if (missing !== undefined) throw new Refused(`state ${name} leads to ${missing}, which is no state beside it`)
  }
  return { startAt: raw.StartAt, states }
}

function parseDefinition(definition: unknown): z.infer<typeof Definition> {
  const parsed = Definition.safeParse(typeof definition === 'string' ? JSON.parse(definition) : definition)
  if (!parsed.success) throw new Refused(z.prettifyError(parsed.error))
  return parsed.data
}

/**
 * Reads a definition in the Amazon States Language: the JSON text of it, or what that parses to.
 * @throws Error naming the machine, the state and what of it the local model does not have
 */
export function loadMachine({ name, arn, definition }: { name: string; arn: string; definition: unknown }): Machine {
  try {
    const parsed = parseDefinition(definition)
    return { name, arn, graph: loadGraph(parsed, new Set()), timeoutSeconds: parsed.TimeoutSeconds }
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause
    throw new Error(`state machine ${name}: ${cause.message}`, { cause })
  }
}
