import type * as z from 'zod'
import { ERRORS, type ErrorCode, type FieldError } from '../../shared/contract/errors.ts'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

const UNITS: Record<string, string> = { string: ' character', array: ' item' }
const counted = (count: number | bigint, origin: string): string => {
  const unit = UNITS[origin]
  return unit === undefined ? `${count}` : `${count}${unit}${Number(count) === 1 ? '' : 's'}`
}

const TYPES: Record<string, string> = { object: 'an object', record: 'an object', array: 'a list', int: 'a whole number' }

/** What a schema does not say itself: how a value is wrong, to be read after the name of its field. */
export function sentence(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? `a ${issue.expected}`}`
    case 'too_small':
      return `takes at least ${counted(issue.minimum, issue.origin)}`
    case 'too_big':
      return `takes at most ${counted(issue.maximum, issue.origin)}`
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`
    case 'unrecognized_keys':
      return 'is not known here: leave it out'
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'has a name that is not valid'
    default:
      return 'is not valid'
  }
}

/** One step of a JSON pointer (RFC 6901). */
export const pointerStep = (step: PropertyKey): string => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`
const pointerTo = (path: readonly PropertyKey[]): string => path.map(pointerStep).join('')

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined), input)
}

const isCode = (text: unknown): text is ErrorCode => typeof text === 'string' && Object.hasOwn(ERRORS, text)

const CODES: Partial<Record<Issue['code'], ErrorCode>> = {
  invalid_type: 'invalid_type',
  too_small: 'out_of_range',
  too_big: 'out_of_range',
  unrecognized_keys: 'unknown_field',
}

function codeOf(issue: Issue, pointer: string, value: unknown, refusals: Readonly<Record<string, ErrorCode>>): ErrorCode {
  if (value === undefined && pointer !== '') return 'missing_field'
  if (issue.code === 'custom' && isCode(issue.params?.code)) return issue.params.code
  return CODES[issue.code] ?? refusals[pointer] ?? 'invalid_value'
}

const LONGEST_ECHO = 60
const clipped = (text: string): string => (text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}...` : text)
/** What cannot be seen, or turns what stands around it, is named: a detail is read in logs and terminals too. */
const seen = (json: string): string =>
  json.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
const echo = (value: unknown): string => {
  const text = typeof value === 'object' ? '' : seen(JSON.stringify(value) ?? '')
  return text === '' || text.length > LONGEST_ECHO ? '' : ` (got ${text})`
}

/** What the schema found wrong in one part of a request, each with the pointer to it. */
export function fieldErrors(
  part: FieldError['in'],
  input: unknown,
  issues: readonly Issue[],
  refusals: Readonly<Record<string, ErrorCode>>,
): FieldError[] {
  return issues.flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
    return paths.map((path): FieldError => {
      const pointer = pointerTo(path)
      const value = valueAt(input, path)
      const code = codeOf(issue, pointer, value, refusals)
      const name = clipped(path.map(String).join('.')) || `the ${part}`
      if (code === 'missing_field') return { in: part, pointer, code, detail: `${name} is required` }
      return { in: part, pointer, code, detail: `${name} ${issue.message}${echo(value)}` }
    })
  })
}
