import type { FieldError } from '../../shared/contract/errors.ts'
import { pointerStep } from './issues.ts'

interface Place {
  pointer: string
  value: unknown
}

function wrongName(name: string): Pick<FieldError, 'code' | 'detail'> | undefined {
  if (name === '__proto__') return { code: 'unknown_field', detail: 'is not known here: leave it out' }
  return name.isWellFormed() ? undefined : { code: 'unknown_field', detail: 'is not Unicode: its name holds half a surrogate pair' }
}

const wrongValue = (value: unknown): Pick<FieldError, 'code' | 'detail'> | undefined =>
  typeof value !== 'string' || value.isWellFormed()
    ? undefined
    : { code: 'invalid_value', detail: 'is not Unicode: it holds half a surrogate pair' }

function* wrongIn(body: unknown): Generator<FieldError> {
  const wrong = (pointer: string, { code, detail }: Pick<FieldError, 'code' | 'detail'>): FieldError => {
    const name = pointer.slice(1).replaceAll('/', '.') || 'the body'
    return { in: 'body', pointer, code, detail: `${name} ${detail}` }
  }
  const rest: Place[] = [{ pointer: '', value: body }]
  for (let place = rest.pop(); place; place = rest.pop()) {
    const { pointer, value } = place
    const here = wrongValue(value)
    if (here) yield wrong(pointer, here)
    if (typeof value !== 'object' || value === null) continue
    for (const [name, member] of Object.entries(value)) {
      const there = pointer + pointerStep(name)
      const named = wrongName(name)
      if (named) yield wrong(there, named)
      rest.push({ pointer: there, value: member })
    }
  }
}

/** An answer tells of no more; and in a body that is deeply nested, or has long names, each pointer may be as long as the body. */
const MOST_ERRORS = 20
const LONGEST_POINTERS = 100_000

/**
 * What JSON can say and the table cannot keep, the first of it: half a surrogate pair (RFC 7493, 2.1), anywhere; and a member
 * called `__proto__`, which schemas drop without a word. Walks without recursion, since a body may be nested 100,000 deep.
 */
export function jsonErrors(body: unknown): FieldError[] {
  const errors: FieldError[] = []
  let told = 0
  for (const error of wrongIn(body)) {
    errors.push(error)
    told += error.pointer.length
    if (errors.length === MOST_ERRORS || told > LONGEST_POINTERS) break
  }
  return errors
}
