import type { Operation } from '../contract/operation.ts'
import type { OperationRecord } from './record.ts'

/** What the outside sees of an operation. */
export function operationView({ tenant_id: _tenant, steps, ...operation }: OperationRecord): Operation {
  const inOrder = Object.values(steps).sort((a, b) => a.started_at.localeCompare(b.started_at))
  return { ...operation, steps: inOrder }
}
