import type { Log } from '../platform/log.ts'
import { type Measured, measured } from '../platform/metrics.ts'
import type { OperationRecord } from './record.ts'

function measuresOf({ type, state }: OperationRecord, seconds: number): Measured {
  if (state === 'canceled') return { OperationsCanceled: 1 }
  if (state === 'failed') return { OperationsFailed: 1 }
  return type === 'create' ? { CreateSeconds: seconds } : { DeleteSeconds: seconds }
}

/** Tells that an operation has ended, which is for whoever has just written it down to do. `ended` is as it was written. */
export function tellEnded(log: Log, ended: OperationRecord): void {
  const { tenant_id, cluster_id, id, type, state, error, created_at, finished_at } = ended
  const now = Date.parse(finished_at ?? created_at)
  const seconds = (now - Date.parse(created_at)) / 1000
  const told = { tenant: tenant_id, cluster: cluster_id, operation_id: id, type, state, seconds, ...(error ? { code: error.code } : {}) }
  log.info('operation ended', { ...told, ...measured(now, measuresOf(ended, seconds)) })
}
