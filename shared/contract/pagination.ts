import * as z from 'zod'

/** Of every list. A page may be shorter than `limit`; the list ends where `next_cursor` is absent. */
export const page = {
  limit: z
    .string()
    .refine((text) => /^([1-9]\d?|100)$/.test(text), { error: 'takes 1 to 100', params: { code: 'out_of_range' } })
    .transform(Number)
    .optional()
    .meta({ type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'The most items to answer' }),
  cursor: z.string().max(512).optional().meta({ description: '`next_cursor` of the page before; good for the same list and tenant only' }),
}
export const PageQuery = z.strictObject(page)

export const DEFAULT_LIMIT = 20

/** One page of a list. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next_cursor: z.string().optional().meta({ description: 'Absent at the end of the list' }),
  })
