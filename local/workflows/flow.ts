import type { Reader } from './choice.ts'
import { find, type Path, place } from './paths.ts'
import { fill, type Template } from './payload.ts'
import { StateError } from './state-error.ts'

/** How JSON moves through a state: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html */
type MaybePath = Path | null | undefined

export function reader(state: string, input: unknown, context: unknown): Reader {
  return {
    has: (path) => find(path, input, context) !== undefined,
    read: (path, field) => {
      const found = find(path, input, context)
      if (found) return found.value
      throw new StateError(
        'States.Runtime',
        `An error occurred while executing the state '${state}'. The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${JSON.stringify(input)}'`,
      )
    },
  }
}

function select(path: MaybePath, field: string, state: string, from: unknown, context: unknown): unknown {
  if (path === null) return {}
  return path === undefined ? from : reader(state, from, context).read(path, field)
}

/** The raw input through InputPath. */
export function effectiveInput(state: { InputPath?: MaybePath }, name: string, raw: unknown, context: unknown): unknown {
  return select(state.InputPath, 'InputPath', name, raw, context)
}

export function filled(template: Template | undefined, name: string, input: unknown, context: unknown): unknown {
  return template === undefined ? input : fill(template, reader(name, input, context).read)
}

/**
 * A result put into the raw input by ResultPath: null drops the result, nothing drops the input.
 * @throws StateError States.ResultPathMatchFailure
 */
export function withResult(path: MaybePath, raw: unknown, result: unknown): unknown {
  if (path === null) return raw
  if (path === undefined) return result
  const placed = place(path, raw, result)
  if (placed !== undefined) return placed
  throw new StateError('States.ResultPathMatchFailure', `Unable to apply ReferencePath ${path.text} to input ${JSON.stringify(raw)}`)
}

interface Outgoing {
  ResultSelector?: Template | undefined
  ResultPath?: MaybePath
  OutputPath?: MaybePath
}

/** The state's output: the result through ResultSelector, ResultPath and OutputPath. */
export function output(state: Outgoing, name: string, raw: unknown, result: unknown, context: unknown): unknown {
  const selected = filled(state.ResultSelector, name, result, context)
  return select(state.OutputPath, 'OutputPath', name, withResult(state.ResultPath, raw, selected), context)
}
