import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { planOf } from '../../../cdk/capacity/plan.ts'
import { SMALLEST } from '../../../cdk/capacity/ring.ts'
import { costsOf } from '../../../cdk/capacity/table.ts'
import { config } from '../../../cdk/configured.ts'

const PAGE = join(import.meta.dirname, '..', '..', '..', 'docs', 'deploy.md')
const BLOCK = /(<!-- costs: .*? -->\n)[\s\S]*?(<!-- \/costs -->)/
const FLEETS = [0, 1, 10, 100]

export const deployPage = (): string => readFileSync(PAGE, 'utf8')

/** The page with the costs as they are computed from the configuration now. */
export const withCosts = (page: string): string =>
  page.replace(
    BLOCK,
    (_, begin: string, end: string) => `${begin}\n${costsOf(FLEETS.map((rings) => planOf(config, SMALLEST, rings)))}\n\n${end}`,
  )

export const writeCosts = (): void => writeFileSync(PAGE, withCosts(deployPage()))
