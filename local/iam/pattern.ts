/** The values of a condition key that a call carries; undefined when it carries none. */
export type Lookup = (key: string) => readonly string[] | undefined
/** Whether a value is what a policy names. */
export type Matches = (value: string, lookup: Lookup) => boolean

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const WILDCARDS: Record<string, string> = { '*': '.*', '?': '.' }
/** `*` and `?` as in IAM. */
const wild = (text: string): string =>
  text
    .split(/([*?])/)
    .map((part) => WILDCARDS[part] ?? escaped(part))
    .join('')
const whole = (source: string): RegExp => new RegExp(`^${source}$`, 's')

/** What a text with `${aws:PrincipalTag/...}` in it says of one call, or undefined when the call carries no such key. */
type Filled = (lookup: Lookup) => string | undefined

/** @param written how the text around variables, and what stands for them, becomes part of the whole */
function filled(text: string, written: { around(part: string): string; variable(value: string): string }): Filled {
  const special = /\$\{[*?$]\}/.exec(text)
  if (special) throw new Error(`the local cloud does not know the escape ${special[0]} in ${text}`)
  const parts = text.split(/\$\{([^}]+)\}/).map((part, index) => ({ key: index % 2 === 1 ? part : undefined, text: written.around(part) }))
  return (lookup) => {
    let whole = ''
    for (const part of parts) {
      const value = part.key === undefined ? part.text : lookup(part.key)?.[0]
      if (value === undefined) return undefined
      whole += part.key === undefined ? value : written.variable(value)
    }
    return whole
  }
}
const asItIs = (text: string): string => text

export function equalTo(text: string): Matches {
  if (!text.includes('${')) return (value) => value === text
  const wanted = filled(text, { around: asItIs, variable: asItIs })
  return (value, lookup) => value === wanted(lookup)
}

export function like(text: string): Matches {
  if (text.includes('${')) {
    // What a variable stands for is text, whatever characters are in it.
    const wanted = filled(text, { around: wild, variable: escaped })
    return (value, lookup) => {
      const source = wanted(lookup)
      return source !== undefined && whole(source).test(value)
    }
  }
  if (!/[*?]/.test(text)) return (value) => value === text
  const pattern = whole(wild(text))
  return (value) => pattern.test(value)
}

/** Part by part: `*` in one of the first five does not reach over its colon. */
export function likeArn(text: string): Matches {
  const split = (arn: string): string[] => {
    const parts = arn.split(':')
    return [...parts.slice(0, 5), parts.slice(5).join(':')]
  }
  const parts = split(text).map(like)
  return (value, lookup) => {
    const given = split(value)
    return parts.every((matches, index) => matches(given[index] ?? '', lookup))
  }
}
