import * as z from 'zod'
import type { Assembly } from './assembly.ts'

/** What the account may do that a template cannot ask for. */
export interface AccountQuotas {
  /** Registering and deregistering task definitions: so many at once, and so many a second that come back. */
  taskDefinitions: { burst: number; perSecond: number }
  /** Of all functions together. */
  concurrentExecutions: number
}

const Metadata = z.object({
  'ringhold:account': z
    .strictObject({
      TaskDefinitions: z.strictObject({ burst: z.number(), perSecond: z.number() }).optional(),
      ConcurrentExecutions: z.int().optional(),
    })
    .default({}),
})

/**
 * As the stack's metadata says; else what AWS lets an account that has asked for nothing:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function readAccountQuotas({ stacks }: Assembly): AccountQuotas {
  const told = stacks.map(({ template }) => Metadata.parse(template.Metadata)['ringhold:account'])
  return {
    taskDefinitions: told.find(({ TaskDefinitions }) => TaskDefinitions)?.TaskDefinitions ?? { burst: 20, perSecond: 1 },
    concurrentExecutions: told.find(({ ConcurrentExecutions }) => ConcurrentExecutions)?.ConcurrentExecutions ?? 1_000,
  }
}
