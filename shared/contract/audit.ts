import * as z from 'zod'
import { Id, Time } from './ids.ts'

/** Who asked: an API key by its id, or the subject of a token by `<issuer>#<subject>`. */
export const Actor = z.object({
  type: z.enum(['key', 'token']),
  id: z.string().meta({ description: '`platform`, where the platform did it and a tenant reads it' }),
  platform: z.boolean().meta({ description: 'Whether it was the platform, and not the tenant itself' }),
})
export type Actor = z.infer<typeof Actor>

/** Who did what, from where, when, and what came of it. Bodies are not kept, so no secret is. */
export const AuditEntry = z.object({
  id: Id('audit'),
  at: Time,
  actor: Actor,
  action: z.string().meta({ description: 'The `operationId` of the request' }),
  path: z.string(),
  status: z.int().meta({ description: 'Of the answer' }),
  code: z.string().optional().meta({ description: 'Of the problem, when it was refused' }),
  source_ip: z.string().optional().meta({ description: 'Absent where the platform did it and a tenant reads it, as is `user_agent`' }),
  user_agent: z.string().optional(),
  request_id: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>
