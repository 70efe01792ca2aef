import { operationView } from '../../../shared/operations/view.ts'

describe('an operation', () => {
  it('is shown with its steps in the order they began, and without whose it is', () => {
    const step = (name: string, started_at: string) => ({ name, state: 'running' as const, started_at })
    const view = operationView({
      tenant_id: 'ten_1',
      id: 'op_1',
      type: 'create',
      cluster_id: 'clu_1',
      state: 'running',
      steps: { B: step('B', '2030-01-01T00:00:02.000Z'), A: step('A', '2030-01-01T00:00:01.000Z') },
      deadline_at: '2030-01-01T01:00:00.000Z',
      created_at: '2030-01-01T00:00:00.000Z',
    })
    expect(view.steps.map(({ name }) => name)).toEqual(['A', 'B'])
    expect(view).not.toHaveProperty('tenant_id')
  })
})
