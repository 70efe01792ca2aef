import { isRecord, type Path, parsePath } from './paths.ts'
import { Refused } from './refused.ts'

/** https://states-language.net/spec.html#choice-state; a value of another type than the operand's is not a match, and not an error. */
const OPERATORS = {
  StringEquals: { operand: 'string', holds: (value: unknown, operand: unknown) => value === operand },
  NumericEquals: { operand: 'number', holds: (value: unknown, operand: unknown) => value === operand },
  NumericLessThan: { operand: 'number', holds: ordered((value, operand) => value < operand) },
  NumericLessThanEquals: { operand: 'number', holds: ordered((value, operand) => value <= operand) },
  NumericGreaterThan: { operand: 'number', holds: ordered((value, operand) => value > operand) },
  NumericGreaterThanEquals: { operand: 'number', holds: ordered((value, operand) => value >= operand) },
  BooleanEquals: { operand: 'boolean', holds: (value: unknown, operand: unknown) => value === operand },
  IsNull: { operand: 'boolean', holds: (value: unknown, operand: unknown) => (value === null) === operand },
  IsString: { operand: 'boolean', holds: (value: unknown, operand: unknown) => (typeof value === 'string') === operand },
  IsNumeric: { operand: 'boolean', holds: (value: unknown, operand: unknown) => (typeof value === 'number') === operand },
  IsBoolean: { operand: 'boolean', holds: (value: unknown, operand: unknown) => (typeof value === 'boolean') === operand },
} as const
type Operator = keyof typeof OPERATORS

function ordered(compare: (value: number, operand: number) => boolean) {
  return (value: unknown, operand: unknown): boolean => typeof value === 'number' && typeof operand === 'number' && compare(value, operand)
}

export type Rule =
  | { kind: 'and' | 'or'; rules: Rule[] }
  | { kind: 'not'; rule: Rule }
  | { kind: 'present'; variable: Path; expected: boolean }
  | { kind: 'compare'; variable: Path; operator: Operator; operand: unknown }

const isOperator = (name: string): name is Operator => Object.hasOwn(OPERATORS, name)

function parseComparison(variable: unknown, name: string, operand: unknown): Rule {
  if (typeof variable !== 'string') throw new Refused(`${name} needs a Variable`)
  const path = parsePath(variable)
  if (name === 'IsPresent' && typeof operand === 'boolean') return { kind: 'present', variable: path, expected: operand }
  if (!isOperator(name)) throw new Refused(`comparison ${name} is not in the local model`)
  const wanted = OPERATORS[name].operand
  if (typeof operand !== wanted) throw new Refused(`${name} compares with a ${wanted}`)
  return { kind: 'compare', variable: path, operator: name, operand }
}

/**
 * One rule of a Choice state, without its `Next`.
 * @throws Refused for a comparison that is not in the table, by its name.
 */
export function parseRule(raw: unknown): Rule {
  if (!isRecord(raw)) throw new Refused('a rule of a Choice is an object')
  const { Variable: variable, Comment: _, ...tests } = raw
  const [test, ...more] = Object.entries(tests)
  if (!test || more.length > 0) throw new Refused(`a rule has one comparison, not ${Object.keys(tests).join(', ') || 'none'}`)
  const [name, operand] = test
  if (name === 'Not') return { kind: 'not', rule: parseRule(operand) }
  if (name !== 'And' && name !== 'Or') return parseComparison(variable, name, operand)
  if (!Array.isArray(operand) || operand.length === 0) throw new Refused(`${name} needs a list of rules`)
  return { kind: name === 'And' ? 'and' : 'or', rules: operand.map(parseRule) }
}

export interface Reader {
  /** @throws StateError where the path names nothing. */
  read(path: Path, field: string): unknown
  has(path: Path): boolean
}

export function holds(rule: Rule, reader: Reader): boolean {
  switch (rule.kind) {
    case 'and':
      return rule.rules.every((inner) => holds(inner, reader))
    case 'or':
      return rule.rules.some((inner) => holds(inner, reader))
    case 'not':
      return !holds(rule.rule, reader)
    case 'present':
      return reader.has(rule.variable) === rule.expected
    case 'compare':
      return OPERATORS[rule.operator].holds(reader.read(rule.variable, 'Variable'), rule.operand)
    default: {
      const _: never = rule
      return _
    }
  }
}
