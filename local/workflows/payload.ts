import { isRecord, type Path, parsePath } from './paths.ts'
import { Refused } from './refused.ts'

/** A payload template: JSON in which a field whose name ends in `.$` takes its value from a path. */
export type Template =
  | { kind: 'value'; value: unknown }
  | { kind: 'path'; path: Path; field: string }
  | { kind: 'object'; fields: [string, Template][] }
  | { kind: 'list'; items: Template[] }

export function parseField([name, value]: [string, unknown]): [string, Template] {
  if (!name.endsWith('.$')) return [name, parseTemplate(value)]
  if (typeof value !== 'string') throw new Refused(`field ${name} must be a path`)
  return [name.slice(0, -2), { kind: 'path', path: parsePath(value), field: name }]
}

/** @throws Refused for what is no path after `.$`, or one name given twice. */
export function parseTemplate(raw: unknown): Template {
  if (Array.isArray(raw)) return { kind: 'list', items: raw.map(parseTemplate) }
  if (!isRecord(raw)) return { kind: 'value', value: raw }
  const fields = Object.entries(raw).map(parseField)
  const names = fields.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Refused(`field ${twice} is given twice, with and without .$`)
  return { kind: 'object', fields }
}

/** @param read the value at a path, for the field named. */
export function fill(template: Template, read: (path: Path, field: string) => unknown): unknown {
  switch (template.kind) {
    case 'value':
      return template.value
    case 'path':
      return read(template.path, template.field)
    case 'list':
      return template.items.map((item) => fill(item, read))
    case 'object':
      return Object.fromEntries(template.fields.map(([name, inner]) => [name, fill(inner, read)]))
    default: {
      const _: never = template
      return _
    }
  }
}
