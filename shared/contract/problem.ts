import * as z from 'zod'

/** `application/problem+json`, RFC 9457. `code` is the stable name to program against. */
export const Problem = z.object({
  /** A reference that `GET /problems/{code}` explains. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  /** Whether the same request may succeed later without a change. */
  retryable: z.boolean(),
  request_id: z.string(),
  errors: z
    .array(
      z.object({
        in: z.enum(['body', 'query', 'path', 'header']).meta({ description: 'What the pointer points into' }),
        pointer: z.string().meta({ description: 'A JSON pointer (RFC 6901)' }),
        code: z.string(),
        detail: z.string(),
      }),
    )
    .optional(),
})
export type Problem = z.infer<typeof Problem>

/** What there is to know about one code. */
export const ProblemType = z.object({
  type: z.string(),
  code: z.string(),
  title: z.string(),
  status: z.int(),
  retryable: z.boolean(),
})
export type ProblemType = z.infer<typeof ProblemType>
