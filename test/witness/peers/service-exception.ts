import * as z from 'zod'

/** An error that a service answered with, as the SDK throws it; its message is for people, and not compared. */
export const ServiceException = z.looseObject({
  name: z.string(),
  $metadata: z.object({ httpStatusCode: z.number() }),
  Item: z.unknown().optional(),
  CancellationReasons: z.array(z.looseObject({ Code: z.string().optional(), Item: z.unknown().optional() })).optional(),
})
