import type { Operation, OperationAction } from '../contract/operation.ts'
import { progressOf } from './progress.ts'
import type { OperationRecord } from './record.ts'

/** A create that has not ended can be taken back. What deletes goes on to its end. */
export const isCancelable = ({ type, state }: Pick<OperationRecord, 'type' | 'state'>): boolean => type === 'create' && state === 'running'

const actionsOf = (operation: OperationRecord): OperationAction[] => (isCancelable(operation) ? ['cancel'] : [])

/** What the outside sees of an operation. */
export function operationView(record: OperationRecord): Operation {
  const { tenant_id: _tenant, expires: _expires, steps, ...operation } = record
  const inOrder = Object.values(steps)
    .sort((a, b) => a.started_at.localeCompare(b.started_at))
    .map(({ reached_at: _reached, ...step }) => step)
  return { ...operation, progress_percent: progressOf(record), steps: inOrder, available_actions: actionsOf(record) }
}
