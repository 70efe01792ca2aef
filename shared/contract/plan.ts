import * as z from 'zod'
import { Quota } from './quota.ts'

/** A bundle of limits that the platform offers its tenants. */
export const Plan = z.object({
  name: z.string(),
  default: z.boolean().meta({ description: 'Whether a tenant gets it that is made without naming one' }),
  quota: Quota,
})
export type Plan = z.infer<typeof Plan>
