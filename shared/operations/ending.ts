import type { Change } from '../platform/tenant-table.ts'
import type { OperationRecord } from './record.ts'

/** What has ended may be looked at for so long. */
const KEPT_SECONDS = 90 * 86_400

/** How an operation ends. */
export interface Ending {
  state: Exclude<OperationRecord['state'], 'running'>
  /** RFC 3339. */
  at: string
  error?: OperationRecord['error']
  /** The operation that takes back what it made. */
  supersededBy?: string | undefined
}

/** Ends an operation that runs, on condition that it does: one that has ended stays as it ended. */
export function ending({ state, at, error, supersededBy }: Ending): Change & Required<Pick<Change, 'condition' | 'names' | 'values'>> {
  const failed = error ? ', #error = :error' : ''
  const superseded = supersededBy === undefined ? '' : ', superseded_by = :by'
  return {
    update: `SET #state = :state, finished_at = :at, #expires = :expires${failed}${superseded} REMOVE waiting_for`,
    condition: '#state = :running',
    names: { '#state': 'state', '#expires': 'expires', ...(error ? { '#error': 'error' } : {}) },
    values: {
      ':running': 'running',
      ':state': state,
      ':at': at,
      ':expires': Math.floor(Date.parse(at) / 1000) + KEPT_SECONDS,
      ...(error ? { ':error': error } : {}),
      ...(supersededBy === undefined ? {} : { ':by': supersededBy }),
    },
  }
}
