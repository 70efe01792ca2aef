import * as z from 'zod'
import { AuditEntry } from '../contract/audit.ts'

/** `AUDIT#<id>`: one entry of a tenant's trail, in the order of its id. */
export const AuditRecord = AuditEntry.extend({
  tenant_id: z.string(),
  /** Seconds since the epoch: DynamoDB's TTL. */
  expires: z.int(),
})
export type AuditRecord = z.infer<typeof AuditRecord>
