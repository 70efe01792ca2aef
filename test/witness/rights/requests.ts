import type { Context, Request } from '../../../local/iam/evaluate.ts'
import type { Statement } from '../../../local/template/roles.ts'

type Judged = Required<Request>

/** Whose session it is, in every request. */
export const SESSION_TAG = 'ten_1'
/** The emulator knows no variables in policies: they are filled in before either judges. */
export const filledIn = (text: string): string => text.replaceAll(/\$\{aws:PrincipalTag\/\w+\}/g, SESSION_TAG)

/** A text that a pattern takes. */
const taken = (pattern: string): string => (pattern === '*' ? pattern : pattern.replaceAll('*', 'x'))

/** Values by which every condition of the statement holds. */
function holding(conditions: Statement['Condition']): Record<string, string[]> {
  const wanted = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]): [string, string[]] => [key, operator === 'Null' ? [] : [taken(values[0] ?? '')]]),
  )
  const byKey = Map.groupBy(wanted, ([key]) => key)
  return Object.fromEntries([...byKey].map(([key, found]) => [key, found.find(([, values]) => values.length > 0)?.[1] ?? ['x']]))
}

/** Only keys that have several values are asked for as sets: others never come with more than one. */
const isSet = (conditions: Statement['Condition'], key: string): boolean =>
  Object.entries(conditions).some(([operator, keys]) => operator.startsWith('For') && key in keys)

/** The context as it is, and in every way by one key otherwise: absent, another value, one more, in capitals. */
function contexts(conditions: Statement['Condition']): Context[] {
  const context = holding(conditions)
  const otherwise = Object.entries(context).flatMap(([key, values]) => {
    const { [key]: _dropped, ...without } = context
    const others = [
      ['other'],
      [`${values[0]}x`],
      [(values[0] ?? '').toUpperCase()],
      ...(isSet(conditions, key)
        ? [
            [...values, 'other'],
            [...values, ...values],
          ]
        : []),
    ]
    return [without, ...others.map((value) => ({ ...context, [key]: value }))]
  })
  return [context, {}, ...otherwise]
}

const resources = (pattern: string): string[] => {
  const resource = taken(pattern)
  return [resource, `${resource}/other`, resource.replace(/:\d{12}:/, ':999999999999:'), resource.toUpperCase(), '*']
}

const actions = (action: string): string[] => [
  taken(action),
  `${action.slice(0, action.indexOf(':'))}:DeleteEverything`,
  action.toLowerCase(),
]

/** What statements allow or forbid, and what is beside it by one thing: as many requests as there are ways. */
export function requestsAbout(statements: Statement[]): Judged[] {
  const all = statements.flatMap(({ Action, Resource, Condition }) =>
    Action.flatMap(actions).flatMap((action) =>
      Resource.flatMap(resources).flatMap((resource) => contexts(Condition).map((context) => ({ action, resource, context }))),
    ),
  )
  return [...new Map(all.map((request) => [JSON.stringify(request), request])).values()]
}
