import * as z from 'zod'
import { LabelName } from './names.ts'

/** A label that is asked for: by its name, or by its name and its value. */
export interface LabelWanted {
  name: string
  value?: string
}

const MOST = 8
const LONGEST = 2_048

/** At commas that no backslash stands before; a backslash stands for what comes after it. */
function partsOf(text: string): string[] {
  const parts = ['']
  for (const [token, escaped] of text.matchAll(/\\(.)|./gsu)) {
    if (token === ',') parts.push('')
    else parts.push(`${parts.pop()}${escaped ?? token}`)
  }
  return parts
}

function wantedOf(part: string): LabelWanted | undefined {
  const [, name = '', value] = /^([^:]*)(?::(.*))?$/s.exec(part) ?? []
  const parsed = LabelName.safeParse(name)
  return parsed.success ? { name: parsed.data, ...(value === undefined ? {} : { value: value.normalize('NFC') }) } : undefined
}

/** `team:search,env`: all of these labels, each with that value or with any. A comma in a value is written `\,`, a backslash `\\`. */
export const LabelSelector = z
  .string()
  .max(LONGEST)
  .transform((text, ctx): LabelWanted[] => {
    const parts = partsOf(text)
    const wanted = parts.flatMap((part) => wantedOf(part) ?? [])
    if (wanted.length === parts.length && parts.length <= MOST) return wanted
    const message = `takes up to ${MOST} labels by commas, each a name or name:value, such as team:search,env`
    ctx.issues.push({ code: 'custom', message, input: text })
    return z.NEVER
  })
  .optional()
  .meta({
    type: 'string',
    maxLength: LONGEST,
    description: `Clusters with all of these labels: up to ${MOST} by commas, each \`name\` or \`name:value\`. A comma in a value is written \`\\,\`, a backslash \`\\\\\``,
  })
