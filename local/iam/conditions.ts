import type { Statement } from '../template/roles.ts'
import { equalTo, type Lookup, like, likeArn, type Matches } from './pattern.ts'

type Holds = (lookup: Lookup) => boolean

/** Each takes one wanted value; a key that the call does not carry matches none of them. */
const OPERATORS: Record<string, (wanted: string) => Matches> = {
  StringEquals: equalTo,
  StringLike: like,
  // The two are the same: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
  ArnEquals: likeArn,
  ArnLike: likeArn,
}

type Quantifier = (values: readonly string[] | undefined, matches: (value: string) => boolean) => boolean
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
const QUANTIFIERS: Record<string, Quantifier> = {
  '': (values, matches) => values?.some(matches) ?? false,
  /** Of none, all are. */
  ForAllValues: (values, matches) => values?.every(matches) ?? true,
  ForAnyValue: (values, matches) => values?.some(matches) ?? false,
}

function isNull(key: string, wanted: string[]): Holds {
  const [value] = wanted
  if (wanted.length !== 1 || (value !== 'true' && value !== 'false'))
    throw new Error(`Null ${key} is true or false, not ${wanted.join(', ')}`)
  return (lookup) => ((lookup(key)?.length ?? 0) === 0) === (value === 'true')
}

function condition(name: string, key: string, wanted: string[]): Holds {
  if (name === 'Null') return isNull(key, wanted)
  const [, quantifier = '', base = ''] = /^(?:(\w+):)?(\w+)$/.exec(name) ?? []
  const operator = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined
  const holds = Object.hasOwn(QUANTIFIERS, quantifier) ? QUANTIFIERS[quantifier] : undefined
  if (!operator || !holds) throw new Error(`the local cloud does not know the condition operator ${name}`)
  const patterns = wanted.map(operator)
  return (lookup) => holds(lookup(key), (value) => patterns.some((matches) => matches(value, lookup)))
}

/**
 * All of a statement's conditions have to hold.
 * @throws with the name of an operator that is not known
 */
export function conditions(written: Statement['Condition']): Holds {
  const all = Object.entries(written).flatMap(([name, keys]) => Object.entries(keys).map(([key, wanted]) => condition(name, key, wanted)))
  return (lookup) => all.every((holds) => holds(lookup))
}
