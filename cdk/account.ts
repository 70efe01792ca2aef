import type { DefinitionRate } from '../shared/platform/env.ts'
import type { CellConfig } from './config.ts'

/** The cells of its account and region, itself included: AWS lets them do together what it lets one. */
export const inAccountOf = ({ account, region }: CellConfig, cells: CellConfig[]): CellConfig[] =>
  cells.filter((other) => other.account === account && other.region === region)

/** What a cell may have of the account's task definitions: as much as each of the cells there, so that together they ask for no more. */
export function definitionRate(config: CellConfig, cells: CellConfig[]): DefinitionRate {
  const sharing = inAccountOf(config, cells).length
  const { burst, perSecond } = config.taskDefinitions
  return { burst: Math.floor(burst / sharing), interval_ms: Math.ceil((1_000 * sharing) / perSecond) }
}

/**
 * What the account of a cell is let do by AWS, as the configuration says. It stands in the template for whoever runs it without AWS,
 * and for people: `aws cloudformation get-template-summary`.
 */
export const accountMetadata = ({ taskDefinitions, concurrentExecutions }: CellConfig): Record<string, unknown> => ({
  'ringhold:account': {
    TaskDefinitions: taskDefinitions,
    ...(concurrentExecutions === undefined ? {} : { ConcurrentExecutions: concurrentExecutions }),
  },
})
