import * as z from 'zod'
import { Quota, QuotaOverrides } from '../contract/quota.ts'
import { TenantState } from '../contract/tenant.ts'

/** How long what is deleted can still be looked at. */
export const KEPT_MS = 30 * 86_400_000

/** DynamoDB's TTL: seconds since the epoch. */
export const expiresAfter = (moment: number): number => Math.ceil((moment + KEPT_MS) / 1000)

/** `TENANT`. */
export const TenantRecord = z.object({
  id: z.string(),
  name: z.string(),
  state: TenantState,
  suspended_reason: z.string().optional(),
  plan: z.string(),
  /** The limits that are its own. */
  overrides: QuotaOverrides,
  /** Grows with every change of this record. */
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
  /** While it is being deleted: when the sweep looks again. */
  due_pk: z.string().optional(),
  due_at: z.string().optional(),
  /** Also then: of its keys, newest first, none up to this position is good. */
  keys_after: z.string().optional(),
  deleted_at: z.string().optional(),
  expires: z.int().optional(),
})
export type TenantRecord = z.infer<typeof TenantRecord>

/** What a tenant is made of, kept until its own partition has it. */
export const Founding = z.object({ record: TenantRecord, quota: Quota })
export type Founding = z.infer<typeof Founding>

/** `TENANT#<id>` in the platform's partition: that there is such a tenant. All else is in the tenant's own. */
export const DirectoryEntry = z.object({
  id: z.string(),
  founding: Founding.optional(),
  due_pk: z.string().optional(),
  due_at: z.string().optional(),
  deleted_at: z.string().optional(),
  expires: z.int().optional(),
})
export type DirectoryEntry = z.infer<typeof DirectoryEntry>
