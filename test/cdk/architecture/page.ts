import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FUNCTION_VARIABLES } from '../../../shared/platform/env.ts'
import type { CellTemplate } from '../given.ts'
import { itemsTable } from './items.ts'
import { stateDiagram } from './states.ts'
import { edgesOf, rightsOf } from './wiring.ts'

const PAGE = join(import.meta.dirname, '..', '..', '..', 'docs', 'architecture.md')

const slug = (name: string): string => name.replaceAll(/\W+/g, '_')
const SHAPES: Record<string, [string, string]> = { table: ['[(', ')]'], queue: ['[[', ']]'], 'state machine': ['{{', '}}'] }

/** What starts what, as GitHub draws it. */
function flow(cell: CellTemplate): string {
  const edges = edgesOf(cell)
  const functions = new Set(Object.keys(FUNCTION_VARIABLES))
  const parts = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].map((name) => {
    const [open, close] = SHAPES[name] ?? (functions.has(name) ? ['[', ']'] : ['([', '])'])
    return `  ${slug(name)}${open}"${name}"${close}`
  })
  const arrows = edges.map(({ from, to, by }) => `  ${slug(from)} -->${by ? `|"${by}"|` : ''} ${slug(to)}`)
  const writers = new Set(
    rightsOf(cell).flatMap((right) => (/^dynamodb:(Put|Update|Delete)Item$/.test(right.action) ? [right.function] : [])),
  )
  const writes = [...writers].map((name) => `  ${slug(name)} -.-> table`)
  return ['```mermaid', 'flowchart LR', ...parts, ...arrows, ...writes, '```'].join('\n')
}

/** Its own logs and traces, and reading what a mapping brings it: everybody's, or the platform's doing. */
const OF_ALL =
  /^(logs|xray):|^dynamodb:\w*(Stream|Records|ShardIterator)|^sqs:(?!SendMessage$)|^ec2:\w*(NetworkInterface|Subnets|PrivateIpAddresses)/

const isItems = (action: string): boolean => action.startsWith('dynamodb:')

/** `service: What WhatElse; ...` of actions such as `ecs:RunTask`. */
function grouped(actions: string[]): string {
  const services = Map.groupBy([...new Set(actions)].sort(), (action) => action.split(':')[0] ?? '')
  return [...services].map(([service, of]) => `${service}: ${of.map((action) => action.slice(service.length + 1)).join(' ')}`).join('; ')
}

/** Each function with what starts it and what it may do to items of which partitions, and to what else of AWS. */
function functions(cell: CellTemplate): string {
  const edges = edgesOf(cell)
  const rows = Object.keys(FUNCTION_VARIABLES).map((name) => {
    const rights = rightsOf(cell).filter((right) => right.function === name && !OF_ALL.test(right.action))
    const [items = [], others = []] = [rights.filter(({ action }) => isItems(action)), rights.filter(({ action }) => !isItems(action))]
    const onItems = grouped(
      items.flatMap(({ action, partitions }) => partitions.map((of) => `\`${of}\`:${action.replace(/^dynamodb:|Item$/g, '')}`)),
    )
    const may = grouped(others.map(({ action }) => action))
    const from = [...new Set(edges.filter(({ to }) => to === name).map((edge) => (edge.by ? `${edge.from} (${edge.by})` : edge.from)))]
    return `| \`${name}\` | ${from.join(', ')} | ${onItems} | ${may} |`
  })
  return ['| function | started by | items | else of AWS |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

const BLOCKS: Record<string, (cell: CellTemplate) => string> = { flow, functions, states: stateDiagram, items: itemsTable }

export const architecturePage = (): string => readFileSync(PAGE, 'utf8')

/** The page with every block between markers as the sources have it now. @throws Error where a block has no place in it */
export const withBlocks = (page: string, cell: CellTemplate): string =>
  Object.entries(BLOCKS).reduce((text, [name, write]) => {
    const place = new RegExp(`(<!-- ${name}: .*? -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
    if (!place.test(text)) throw new Error(`docs/architecture.md has no place for ${name}`)
    return text.replace(place, (_, begin: string, end: string) => `${begin}\n${write(cell)}\n\n${end}`)
  }, page)

export const writeArchitecture = (cell: CellTemplate): void => writeFileSync(PAGE, withBlocks(architecturePage(), cell))
