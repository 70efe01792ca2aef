import { holds } from '../choice.ts'
import { effectiveInput, filled, output, reader } from '../flow.ts'
import type { State, StateOf } from '../machine.ts'
import { contextOf, type Outcome, type Visit } from '../run.ts'
import { StateError } from '../state-error.ts'
import { runMap } from './map.ts'
import { runTask } from './task.ts'
import { runWait } from './wait.ts'

function runChoice(visit: Visit, state: StateOf<'Choice'>): Outcome {
  const { at } = visit
  const context = contextOf(visit)
  const input = effectiveInput(state, at.state, at.input, context)
  const next = state.Choices.find(({ rule }) => holds(rule, reader(at.state, input, context)))?.Next ?? state.Default
  if (next === undefined)
    throw new StateError('States.NoChoiceMatched', `No choice of the state '${at.state}' holds, and it has no Default`)
  return { next, output: output(state, at.state, input, input, context) }
}

function runPass(visit: Visit, state: StateOf<'Pass'>): Outcome {
  const { at } = visit
  const context = contextOf(visit)
  const input = filled(state.Parameters, at.state, effectiveInput(state, at.state, at.input, context), context)
  const result = state.Result === undefined ? input : state.Result
  return { next: state.Next, output: output(state, at.state, at.input, result, context) }
}

function runSucceed(visit: Visit, state: StateOf<'Succeed'>): Outcome {
  const { at } = visit
  const context = contextOf(visit)
  const input = effectiveInput(state, at.state, at.input, context)
  return { output: output(state, at.state, input, input, context) }
}

/** Does what the state is there for. @throws StateError */
export async function perform(visit: Visit, state: State): Promise<Outcome> {
  switch (state.Type) {
    case 'Task':
      return runTask(visit, state)
    case 'Map':
      return runMap(visit, state)
    case 'Choice':
      return runChoice(visit, state)
    case 'Wait':
      return runWait(visit, state)
    case 'Pass':
      return runPass(visit, state)
    case 'Succeed':
      return runSucceed(visit, state)
    case 'Fail':
      throw new StateError(state.Error, state.Cause)
    default: {
      const _: never = state
      return _
    }
  }
}
