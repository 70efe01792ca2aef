import type { Actor, AuditEntry } from '../contract/audit.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { type PageOf, type PageRequest, readPage } from '../platform/listing.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor, type Write } from '../platform/tenant-table.ts'
import { AuditRecord } from './record.ts'

export interface AuditDeps extends TableDeps {
  clock: Clock
  newId: NewId
}

/** What a caller asked for, and what came of it. */
export interface Deed {
  actor: Actor
  action: string
  path: string
  sourceIp: string
  userAgent?: string
  requestId: string
  status: number
  code?: string
}

const KEPT_SECONDS = 400 * 86_400
/** Both are the caller's to choose. */
const LONGEST_TEXT = 256

/** The table keeps no half of a surrogate pair: neither one that was sent, nor one that the cut makes. */
const startOf = (text: string): string => text.slice(0, LONGEST_TEXT).toWellFormed()

/** The entry of a deed, as one write of the transaction that does it. */
export function auditEntry({ clock, newId }: Pick<AuditDeps, 'clock' | 'newId'>, tenant: TenantId, deed: Deed): Write {
  const id = newId('audit')
  const item: AuditRecord = {
    tenant_id: tenant,
    id,
    at: isoTime(clock.now()),
    actor: deed.actor,
    action: deed.action,
    path: startOf(deed.path),
    status: deed.status,
    ...(deed.code === undefined ? {} : { code: deed.code }),
    source_ip: deed.sourceIp,
    ...(deed.userAgent === undefined ? {} : { user_agent: startOf(deed.userAgent) }),
    request_id: deed.requestId,
    expires: Math.floor(clock.now() / 1000) + KEPT_SECONDS,
  }
  return { kind: 'put', sk: sk.audit(id), item }
}

const view = ({ tenant_id: _tenant, expires: _expires, ...entry }: AuditRecord): AuditEntry => entry

/** A tenant learns what the platform did to it, and nothing of who works there, from where and with what. */
function tenantsView(record: AuditRecord): AuditEntry {
  const { source_ip: _ip, user_agent: _agent, ...entry } = view(record)
  return entry.actor.platform ? { ...entry, actor: { ...entry.actor, id: 'platform' } } : view(record)
}

/** The trail of what was done in a tenant. Changes bring their entries along in their own transactions; the rest is noted here. */
export const auditService = (deps: AuditDeps) => ({
  /** For a deed without a transaction of its own: a refusal, or the reading of a secret. */
  note: (tenant: TenantId, deed: Deed): Promise<void> => tableFor(deps, tenant).transact([auditEntry(deps, tenant, deed)]),
  /** Newest first. @param reader whom it is shown to */
  list: (tenant: TenantId, page: PageRequest, reader: 'tenant' | 'platform'): Promise<PageOf<AuditEntry>> =>
    readPage(tableFor(deps, tenant), { prefix: sk.audit(''), newestFirst: true }, page, (item) =>
      (reader === 'tenant' ? tenantsView : view)(AuditRecord.parse(item)),
    ),
})
