import * as z from 'zod'
import { Overrides, Strategy } from './records.ts'
import { Tags } from './tags.ts'

/** What the model knows of RunTask: one capacity provider, one subnet. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export const RunInput = z.strictObject({
  cluster: z.string().optional(),
  taskDefinition: z.string(),
  count: z.int().min(1).max(10).optional(),
  capacityProviderStrategy: z.tuple(
    [z.strictObject({ capacityProvider: z.string(), weight: z.int().optional(), base: z.int().optional() })],
    { error: 'the local model takes exactly one capacity provider: a strategy splits by weight, it never falls through' },
  ),
  networkConfiguration: z
    .strictObject({
      awsvpcConfiguration: z.strictObject({
        subnets: z.tuple([z.string()], { error: 'the local model takes exactly one subnet, which decides the AZ' }),
        securityGroups: z.array(z.string()).max(5).optional(),
        assignPublicIp: z.literal('DISABLED').optional(),
      }),
    })
    .optional(),
  placementStrategy: z.array(Strategy).max(5).optional(),
  placementConstraints: z
    .array(z.strictObject({ type: z.literal('distinctInstance') }))
    .max(10)
    .optional(),
  group: z.string().max(255).optional(),
  startedBy: z
    .string()
    .regex(/^[\w/-]{1,128}$/)
    .optional(),
  clientToken: z
    .string()
    .regex(/^[!-~]{1,64}$/)
    .optional(),
  tags: Tags.optional(),
  enableECSManagedTags: z.literal(false).optional(),
  enableExecuteCommand: z.literal(false).optional(),
  overrides: Overrides.optional(),
})
export type RunInput = z.infer<typeof RunInput>
