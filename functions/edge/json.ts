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

/**
 * What JSON can say and the table cannot keep: half a surrogate pair (RFC 7493, 2.1), anywhere; and a member called
 * `__proto__`, which schemas drop without a word. Walks without recursion, since a body may be nested 100,000 deep.
 */
export function jsonErrors(body: unknown): FieldError[] {
  const errors: FieldError[] = []
  const note = (pointer: string, wrong: Pick<FieldError, 'code' | 'detail'> | undefined): void => {
    if (!wrong) return
    const name = pointer.slice(1).replaceAll('/', '.') || 'the body'
    errors.push({ in: 'body', pointer, code: wrong.code, detail: `${name} ${wrong.detail}` })
  }
  const rest: Place[] = [{ pointer: '', value: body }]
  for (let place = rest.pop(); place; place = rest.pop()) {
    const { pointer, value } = place
    note(pointer, wrongValue(value))
    if (typeof value !== 'object' || value === null) continue
    for (const [name, member] of Object.entries(value)) {
      const there = pointer + pointerStep(name)
      note(there, wrongName(name))
      rest.push({ pointer: there, value: member })
    }
  }
  return errors
}
