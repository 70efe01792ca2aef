import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { OPERATION_TYPES } from '../../../shared/contract/operation.ts'
import { progressOf, STEP_WEIGHTS } from '../../../shared/operations/progress.ts'
import type { OperationRecord } from '../../../shared/operations/record.ts'
import { STEP_NAMES } from '../../../shared/reconcile/model.ts'

const AT = '2030-01-01T00:00:00.000Z'
type Steps = OperationRecord['steps']

/** As noteWork and noteStep leave it. */
function noted(steps: Steps, name: string, what: 'begun' | 'succeeded' | 'failed'): Steps {
  const before = steps[name] ?? { name, state: 'running', started_at: AT }
  if (what === 'begun') return { ...steps, [name]: before }
  return { ...steps, [name]: { ...before, state: what, ...(what === 'succeeded' ? { reached_at: before.reached_at ?? AT } : {}) } }
}

const history = fc.array(fc.tuple(fc.constantFrom(...STEP_NAMES), fc.constantFrom('begun', 'succeeded', 'failed')))

describe('progress', () => {
  it.each(OPERATION_TYPES)('of %s weighs steps that there are, a hundred in all', (type) => {
    const weights: Record<string, number> = STEP_WEIGHTS[type]
    expect(Object.keys(weights).filter((name) => !STEP_NAMES.some((known) => known === name))).toEqual([])
    expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBe(100)
  })

  it('never falls, whatever becomes of a step, and stays within 0 to 99 until the operation has succeeded', () => {
    fc.assert(
      fc.property(fc.constantFrom(...OPERATION_TYPES), history, (type, notes) => {
        let steps: Steps = {}
        let last = 0
        for (const [name, what] of notes) {
          steps = noted(steps, name, what)
          const progress = progressOf({ type, state: 'running', steps })
          expect(progress).toBeGreaterThanOrEqual(last)
          expect(progress).toBeLessThan(100)
          last = progress
        }
        for (const state of ['failed', 'canceled'] as const) expect(progressOf({ type, state, steps })).toBe(last)
        expect(progressOf({ type, state: 'succeeded', steps })).toBe(100)
      }),
    )
  })
})
