import * as z from 'zod'
import { type TenantId, tenantId } from '../../shared/platform/table.ts'

const Subject = z.object({ tenant_id: z.string() })

/**
 * The edge of a function that the state machine invokes: parses the event once. The tenant comes from the execution's
 * own input, which only our functions can write.
 */
export const task =
  <S extends z.ZodType<z.infer<typeof Subject>>>(schema: S, run: (event: z.infer<S>, tenant: TenantId) => Promise<unknown>) =>
  async (input: unknown): Promise<unknown> => {
    const event = schema.parse(input)
    return (await run(event, tenantId(event.tenant_id))) ?? null
  }
