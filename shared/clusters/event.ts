import { type EventType, eventsExpire } from '../contract/event.ts'
import type { NewId } from '../platform/ids.ts'
import { sk } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'
import type { ClusterRecord } from './record.ts'

/** The outbox item that says what just happened to a cluster, numbered by the version that the same transaction gives it. */
export function clusterEvent(newId: NewId, type: EventType, cluster: ClusterRecord, at: string): Write {
  const { id, name, state, operation_id, version, tenant_id, failure } = cluster
  const data = { cluster_id: id, name, state, operation_id, ...(state === 'failed' ? { error: failure } : {}) }
  const subject = { tenant_id, cluster_id: id, sequence: version }
  const item = { id: newId('event'), type, ...subject, created_at: at, data, expires: eventsExpire(Date.parse(at)) }
  return { kind: 'put', sk: sk.event(id, version), item, when: { condition: 'attribute_not_exists(sk)' } }
}
