import * as z from 'zod'
import { CellConfig } from './config.ts'

/** What is wrong with a configuration and what to write instead, for people. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const Outer = z.looseObject({
  cells: z.array(z.looseObject({}), 'name the cells in a list: cells: [{ cell: ... }]').min(1, 'there is no cell: name at least one'),
})
type Issue = z.core.$ZodIssue

/** What is wrong with one cell, told where it stands: in the entry of the cell, or beside `cells` for all. */
function issuesOf(entry: object, index: number, shared: object, issues: Issue[]): Issue[] {
  return issues.map((issue) => {
    const [field] = issue.path
    const inherited = typeof field === 'string' && !(field in entry) && field in shared
    return inherited ? issue : { ...issue, path: ['cells', index, ...issue.path] }
  })
}

/**
 * The cells of a configuration, each with what it shares with the others.
 * @throws ConfigError that names every place and what to write there
 */
export function cellsOf(configuration: unknown): [CellConfig, ...CellConfig[]] {
  const refuse = (issues: Issue[]): never => {
    const told = new Map(issues.map((issue) => [JSON.stringify([issue.path, issue.message]), issue]))
    throw new ConfigError(z.prettifyError({ issues: [...told.values()] }))
  }
  const outer = Outer.safeParse(configuration)
  if (!outer.success) return refuse(outer.error.issues)
  const { cells: entries, ...shared } = outer.data
  const issues: Issue[] = []
  const cells: CellConfig[] = []
  for (const [index, entry] of entries.entries()) {
    const { data, error } = CellConfig.safeParse({ ...shared, ...entry })
    if (error) issues.push(...issuesOf(entry, index, shared, error.issues))
    else cells.push(data)
  }
  const [first, ...others] = cells
  return issues.length > 0 || first === undefined ? refuse(issues) : [first, ...others]
}
