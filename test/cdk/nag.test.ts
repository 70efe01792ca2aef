import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { CONFIGURATIONS } from './configurations.ts'
import { givenCells, type SynthesisedCells } from './given-cells.ts'

let cells: SynthesisedCells
beforeAll(() => {
  cells = givenCells(CONFIGURATIONS, 'rules')
}, 240_000)
afterAll(() => cells.remove())

it('whatever is configured, there is no finding of cdk-nag or of CloudFormation that nobody answered for', () => {
  expect({ status: cells.status, findings: cells.findings }).toEqual({ status: 0, findings: [] })
})

it('names everything with its cell: a second one in the same account shares no name with the first', () => {
  const { text, resources } = cells.template('several', 'cell-2')
  expect(text).not.toContain('cell-1')
  // What an account and region has once; policies are named within their role, stages within their API.
  const unique = /^(?:Function|Table|Queue|LogGroup|StateMachine|Cluster|AutoScalingGroup|LaunchTemplate|Alarm|Dashboard|Topic)?Name$/
  const named = resources.filter(({ Type }) => !/::(Policy|Stage)$/.test(Type))
  const names = named.flatMap(({ Properties }) =>
    Object.entries(Properties).flatMap(([key, name]) => (unique.test(key) && typeof name === 'string' ? [name] : [])),
  )
  expect(names.length).toBeGreaterThan(30)
  expect(names.filter((name) => !name.includes('cell-2'))).toEqual([])
})
