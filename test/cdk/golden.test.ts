import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CONFIGURATIONS } from './configurations.ts'
import { readCell } from './given.ts'
import { givenCells, type SynthesisedCells } from './given-cells.ts'
import { stateful } from './golden/stateful.ts'
import { summary } from './golden/summary.ts'

let cells: SynthesisedCells
beforeAll(() => {
  const { plain } = CONFIGURATIONS
  cells = givenCells({ plain, nat: { ...plain, egress: 'nat' }, keyed: { ...plain, customerKey: true, concurrentExecutions: 1_000 } })
}, 120_000)
afterAll(() => cells.remove())

const golden = (name: string): string => readFileSync(join(import.meta.dirname, 'golden', `${name}.txt`), 'utf8')
const kept = (): string[] => golden('stateful').trim().split('\n')

it.each(['resources', 'rights', 'surface'] as const)(
  'the template is the one that was reviewed, in its %s (npm run docs writes it)',
  (name) => {
    expect(summary(cells.template('plain'))[name]).toBe(golden(name))
  },
)

describe('an upgrade', () => {
  it('replaces nothing that holds state: table, queues, logs, names, addresses, hosts', () => {
    expect(stateful(cells.template('plain').resources)).toEqual(kept())
  })

  it.each(['nat', 'keyed'])('to another choice replaces nothing either: %s', (name) => {
    expect(kept().filter((line) => !stateful(cells.template(name).resources).includes(line))).toEqual([])
  })

  it('that would is seen: by another id, by another name', () => {
    const { resources } = readCell(cells.directoryOf('plain'))
    const table = resources.find(({ Type }) => Type === 'AWS::DynamoDB::Table')
    if (!table) throw new Error('there is no table')
    const others = [
      { ...table, id: 'StateTable00000000' },
      { ...table, Properties: { ...table.Properties, TableName: 'cell-9' } },
    ]
    for (const other of others) expect(kept()).not.toContain(stateful([other])[0])
    expect(kept()).toContain(stateful([table])[0])
  })
})
