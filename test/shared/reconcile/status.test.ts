import type { Plan } from '../../../shared/reconcile/observed.ts'
import { conditionsOf } from '../../../shared/reconcile/status.ts'
import { newCluster } from '../../support/cluster.ts'

const NOW = '2026-01-01T00:01:00.000Z'
const failure = { code: 'deadline_exceeded', message: 'The cluster was not ready after 1 s: it was waiting for room on the hosts' }
const settle = (outcome: 'ready' | 'failed' | 'deleted'): Plan => ({ decision: 'settle', outcome, dueAt: null })
const said = (plan: Plan, changes = {}) => conditionsOf(newCluster('clu_a', changes), plan, NOW)

describe('the condition Ready', () => {
  it('says what is waited for', () => {
    const waiting = { reason: 'WaitingForNodes', message: 'its nodes to run' }
    expect(said({ decision: 'pause', seconds: 1, waiting })).toEqual([
      { type: 'Ready', status: false, reason: 'WaitingForNodes', message: 'Waiting for its nodes to run', since: NOW },
    ])
  })

  it('is true only of a ring that was found to be one', () => {
    expect(said(settle('ready'))).toMatchObject([{ status: true, reason: 'Verified' }])
  })

  it('gives the failure’s own sentence, from the moment it is given up and for as long as it stays failed', () => {
    const expected = [{ type: 'Ready', status: false, reason: 'Failed', message: failure.message, since: NOW }]
    expect(said({ decision: 'give-up', failure })).toEqual(expected)
    expect(said(settle('failed'), { failure })).toEqual(expected)
  })

  it('of a deleted cluster is not what it was before', () => {
    expect(said(settle('deleted'))).toMatchObject([{ status: false, reason: 'Deleted' }])
  })

  it('keeps its moment while nothing but the wording changes', () => {
    const conditions = said({ decision: 'pause', seconds: 1, waiting: { reason: 'WaitingForNodes', message: 'nodes 1, 2' } })
    const later = conditionsOf(
      newCluster('clu_a', { conditions }),
      { decision: 'pause', seconds: 1, waiting: { reason: 'WaitingForNodes', message: 'node 1' } },
      '2026-01-01T00:02:00.000Z',
    )
    expect(later).toMatchObject([{ message: 'Waiting for node 1', since: NOW }])
  })
})
