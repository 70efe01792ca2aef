import * as z from 'zod'
import { Id, Time } from './ids.ts'
import { Moment } from './moment.ts'
import { DisplayName } from './names.ts'

/** What a tenant's key may do: each scope stands for itself alone, but `admin` for all of them. */
export const TENANT_SCOPES = ['read', 'write', 'credentials', 'admin'] as const
export const TenantScope = z.enum(TENANT_SCOPES)
export type TenantScope = z.infer<typeof TenantScope>

export const KeyMode = z.enum(['live', 'test'])
export type KeyMode = z.infer<typeof KeyMode>

export const KeyCreate = z.strictObject({
  name: DisplayName.optional(),
  scopes: z
    .array(TenantScope)
    .min(1)
    .max(TENANT_SCOPES.length)
    .optional()
    .meta({ default: ['read', 'write', 'credentials'] }),
  mode: KeyMode.optional().meta({ default: 'live' }),
  expires_at: Moment.optional(),
})
export type KeyCreate = z.infer<typeof KeyCreate>

export const Key = z.object({
  id: Id('key'),
  tenant_id: Id('tenant'),
  name: z.string().optional(),
  scopes: z.array(TenantScope),
  mode: KeyMode,
  created_at: Time,
  expires_at: Time.optional(),
})
export type Key = z.infer<typeof Key>

export const KeyWithSecret = Key.extend({ key: z.string().meta({ description: 'The key itself: shown now and never again' }) })
export type KeyWithSecret = z.infer<typeof KeyWithSecret>
