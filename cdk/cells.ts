import * as z from 'zod'
import { inAccountOf } from './account.ts'
import { CellConfig } from './config.ts'
import { overlap, repeated } from './config-checks.ts'

/** What is wrong with a configuration and what to write instead, for people. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type Issue = z.core.$ZodIssue
const Entries = z.looseObject({
  cells: z
    .array(z.looseObject({}), "name the cells in a list: cells: [{ cell: 'cell-1', ... }]")
    .min(1, 'there is no cell: name at least one'),
})

const say = (issue: Pick<z.core.$ZodRawIssue, 'code' | 'input' | 'path'>): string | undefined => {
  if (issue.code === 'unrecognized_keys') return 'there is no such setting: take it out, or mend its name'
  if (issue.input !== undefined) return undefined
  return issue.path?.length === 1
    ? 'is missing: write it beside cells for all of them, or in the entry of each'
    : 'is missing: write it here'
}
/** Of these each cell has its own. */
const OWN: PropertyKey[] = ['cell', 'vpcCidr']

/** What is wrong with one cell, told where it stands: in the entry of the cell, or beside `cells` for all. */
function placed(entry: object, shared: object, index: number, issues: Issue[]): Issue[] {
  const at = (path: PropertyKey[]): PropertyKey[] => {
    const [field = ''] = path
    return field in entry || (OWN.includes(field) && !(field in shared)) ? ['cells', index, ...path] : path
  }
  return issues.flatMap((issue): Issue[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ ...issue, path: at([...issue.path, key]) }))
      : [{ ...issue, path: at(issue.path) }],
  )
}

const custom = (path: PropertyKey[], message: string): Issue => ({ code: 'custom', path, message, input: undefined })

/** Cells that would be in each other's way. */
function clashes(cells: CellConfig[]): Issue[] {
  const names = cells.map(({ cell }) => cell)
  const sameName = repeated(names).map((index) =>
    custom(['cells', index, 'cell'], `two cells are called ${names[index]}: give each its own name`),
  )
  const sameAddresses = cells.flatMap(({ vpcCidr }, index) => {
    const other = cells.slice(0, index).find((earlier) => overlap(earlier.vpcCidr, vpcCidr))
    return other ? [custom(['cells', index, 'vpcCidr'], `${other.cell} has ${other.vpcCidr} already: give this cell a /16 of its own`)] : []
  })
  const domains = cells.map(({ cell, domain }) => domain?.name ?? cell)
  const sameDomain = repeated(domains).map((index) =>
    custom(['cells', index, 'domain'], `another cell answers at ${domains[index]} already: give each its own name`),
  )
  const somewhere = cells.some(({ account }) => account !== undefined)
  const nowhere = cells.flatMap(({ account }, index) =>
    somewhere && account === undefined
      ? [custom(['cells', index, 'account'], 'other cells name their accounts: name the one of this cell too')]
      : [],
  )
  return [...sameName, ...sameAddresses, ...(sameName.length > 0 ? [] : sameDomain), ...nowhere]
}

/** Cells of one account and region have the same quotas, and each needs a share of them. */
function shares(cells: CellConfig[]): Issue[] {
  return cells.flatMap((config, index) => {
    const { burst, perSecond } = config.taskDefinitions
    const before = inAccountOf(config, cells.slice(0, index))
    const other = before.find(({ taskDefinitions: told }) => told.burst !== burst || told.perSecond !== perSecond)
    const twoRates = `${other?.cell} is in the same account and region, and says another rate: write the account's once, beside cells`
    const noShare = `the cells before it share out all task definitions that the account may make at once (${burst}): have AWS raise them, or name another account`
    return [
      ...(other ? [custom(['cells', index, 'taskDefinitions'], twoRates)] : []),
      ...(before.length === burst ? [custom(['cells', index], noShare)] : []),
    ]
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
  const outer = Entries.safeParse(configuration, { error: say })
  if (!outer.success) return refuse(outer.error.issues)
  const { cells: entries, ...shared } = outer.data
  const parsed = entries.map((entry) => CellConfig.safeParse({ ...shared, ...entry }, { error: say }))
  const issues = parsed.flatMap(({ error }, index) => placed(entries[index] ?? {}, shared, index, error?.issues ?? []))
  const cells = parsed.flatMap(({ data }) => (data ? [data] : []))
  const [first, ...others] = cells
  if (issues.length > 0 || first === undefined) return refuse(issues)
  const clashing = [...clashes(cells), ...shares(cells)]
  return clashing.length > 0 ? refuse(clashing) : [first, ...others]
}
