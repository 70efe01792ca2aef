import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CLUSTER_STATES } from '../../shared/contract/cluster.ts'
import { FUNCTION_VARIABLES } from '../../shared/platform/env.ts'
import { SHARED_PORTS } from '../../shared/platform/shared-ports.ts'
import { STEP_NAMES } from '../../shared/reconcile/model.ts'
import { architecturePage, withBlocks } from './architecture/page.ts'
import { edgesOf, rightsOf } from './architecture/wiring.ts'
import { CONFIGURATIONS } from './configurations.ts'
import { givenCells, type SynthesisedCells } from './given-cells.ts'

let cells: SynthesisedCells
beforeAll(() => {
  cells = givenCells({ plain: CONFIGURATIONS.plain })
}, 120_000)
afterAll(() => cells.remove())

describe('the page on architecture', () => {
  it('shows what there is: states, items, functions and what starts them (npm run docs writes it)', () => {
    const page = architecturePage()
    expect(page).toBe(withBlocks(page, cells.template('plain')))
  })

  it('has a place for each of them', () => {
    expect(() => withBlocks('# Architecture\n', cells.template('plain'))).toThrow(/no place for flow/)
  })

  it('names every state and every step of a ring’s life, and the ports that nodes have', () => {
    const prose = architecturePage().replaceAll(/<!-- states[\s\S]*?<!-- \/states/g, '')
    expect(STEP_NAMES.filter((step) => !prose.includes(step))).toEqual([])
    for (const state of CLUSTER_STATES) expect(prose).toMatch(new RegExp(`--> ${state}\\b`))
    for (const { from } of Object.values(SHARED_PORTS)) expect(prose).toContain(`${from}..`)
  })
})

describe('what is read from the template', () => {
  it('has every function, each started by something and with rights of its own', () => {
    const edges = edgesOf(cells.template('plain'))
    const functions = Object.keys(FUNCTION_VARIABLES)
    expect(functions.filter((name) => !edges.some(({ to }) => to === name))).toEqual([])
    expect(functions.filter((name) => !rightsOf(cells.template('plain')).some((right) => right.function === name))).toEqual([])
    expect(edges.filter(({ from, to }) => from === '' || to === '')).toEqual([])
  })

  it('knows who sends to whom', () => {
    expect(edgesOf(cells.template('plain'))).toEqual(
      expect.arrayContaining([
        { from: 'HTTP API', to: 'api' },
        { from: 'api', to: 'state machine' },
        { from: 'table', to: 'wake', by: 'stream: CLUSTER#' },
        { from: 'outbox', to: 'queue' },
        { from: 'queue', to: 'deliver' },
        { from: 'step', to: 'ring' },
      ]),
    )
  })
})
