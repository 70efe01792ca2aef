import * as z from 'zod'

/** Code points; the longest name of anything. */
const LONGEST_NAME = 100

/**
 * What nobody sees, what makes a reader see something else, and what Unicode may yet change: NFC is stable for assigned
 * characters only (https://www.unicode.org/policies/stability_policy.html). The joiners of Persian, Indic scripts and emoji
 * stay, and so do variation selectors, which are marks.
 */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/[\p{Cc}\p{Zl}\p{Zp}]/u, 'is a control character or a line break'],
  [/\p{Bidi_Control}/u, 'changes the direction of the text around it'],
  [/\p{Cs}/u, 'is half a surrogate pair'],
  [/[\p{Co}\p{Cn}]/u, 'is for private use or not assigned by Unicode'],
  [/(?!\u200c|\u200d|\p{M})[\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}]/u, 'is invisible'],
]

const codePoint = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** Why the text is not one to show to people, or nothing. */
function unshowable(text: string): string | undefined {
  for (const [pattern, why] of REFUSED) {
    const [found] = pattern.exec(text) ?? []
    if (found !== undefined) return `holds ${codePoint(found)}, which ${why}`
  }
  return undefined
}

const counted = (count: number): string => `${count} character${count === 1 ? '' : 's'}`

/** By code points, as JSON Schema counts: https://json-schema.org/draft/2020-12/json-schema-validation#section-6.3.1 */
function lengthProblem(text: string, least: number, most: number): string | undefined {
  const length = [...text].length
  if (length < least) return `takes at least ${counted(least)}`
  return length > most ? `takes at most ${counted(most)}` : undefined
}

const bounded = (least: number, most: number) =>
  z
    .string()
    .normalize('NFC')
    .check((ctx) => {
      const wrong = lengthProblem(ctx.value, least, most)
      const params = { code: 'out_of_range' }
      // The input stays out of the issue: it may be long.
      if (wrong) ctx.issues.push({ code: 'custom', message: wrong, params, input: undefined, continue: false })
    })
    .refine((text) => unshowable(text) === undefined, { error: ({ input }) => unshowable(String(input)), abort: true })

/** Text of any script for people to read, kept in NFC; at most that many code points, none at all included. */
export const DisplayText = (most: number) => bounded(0, most).meta({ maxLength: most })

/** What a tenant calls a thing, in letters of any script. Shown to people; it names nothing, ids do. */
export const DisplayName = bounded(1, LONGEST_NAME)
  .refine((name) => /^[\p{L}\p{N}\p{P}\p{S}]/u.test(name) && !/\p{Z}$/u.test(name), {
    error: 'begins with a letter, digit or sign, and does not end in white space',
  })
  .meta({ minLength: 1, maxLength: LONGEST_NAME, description: 'Letters of any script, signs and spaces; kept in NFC' })

const LABEL_NAME = /^[\p{Ll}\p{Lo}\p{Nd}][\p{Ll}\p{Lo}\p{Lm}\p{M}\p{Nd}._/-]{0,62}$/u

/** Programs ask for labels by it, so it has one spelling: NFC, and no upper case. */
export const LabelName = z.string().normalize('NFC').regex(LABEL_NAME, {
  error: 'is not a label name: up to 63 lower-case letters, digits, dots, dashes, underscores and slashes, the first a letter or digit',
})

/** What the description of a map by label names has to say of it: its generator passes over the names. */
export const labelled = (most: number) => ({ maxProperties: most, propertyNames: { type: 'string', pattern: LABEL_NAME.source } })
