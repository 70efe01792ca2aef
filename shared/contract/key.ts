import * as z from 'zod'
import { Actor } from './audit.ts'
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

const LONGEST_OVERLAP = 7 * 86_400
export const DEFAULT_OVERLAP = 86_400

export const KeyRotate = z.strictObject({
  overlap_seconds: z.int().min(0).max(LONGEST_OVERLAP).optional().meta({
    default: DEFAULT_OVERLAP,
    description: 'How long the old key is good beside the new one; never longer than it would have been',
  }),
  expires_at: Moment.optional().meta({
    description: 'Of the new key. Left out: as long from now as the old one was made for, or never if that was made for ever',
  }),
})
export type KeyRotate = z.infer<typeof KeyRotate>

/** `expired` and `revoked` keys are shown for thirty days. */
export const KeyState = z.enum(['active', 'expired', 'revoked'])

export const Key = z.object({
  id: Id('key'),
  tenant_id: Id('tenant'),
  name: z.string().optional(),
  scopes: z.array(TenantScope),
  mode: KeyMode,
  state: KeyState,
  prefix: z.string().meta({ description: 'How the key begins: enough to find it by' }),
  last4: z.string().meta({ description: 'How it ends' }),
  created_at: Time,
  created_by: Actor.optional().meta({ description: 'Absent: an operator of the platform, past the API' }),
  expires_at: Time.optional(),
  revoked_at: Time.optional(),
  last_used_at: Time.optional().meta({ description: 'To the hour' }),
  rotated_from: Id('key').optional().meta({ description: 'The key whose place it takes' }),
  rotated_to: Id('key').optional().meta({ description: 'The key that takes its place' }),
})
export type Key = z.infer<typeof Key>

export const KeyWithSecret = Key.extend({ key: z.string().meta({ description: 'The key itself: shown now and never again' }) })
export type KeyWithSecret = z.infer<typeof KeyWithSecret>
