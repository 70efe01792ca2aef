import * as z from 'zod'

/** Something of the Amazon States Language that this interpreter does not have; the sentence names it. */
export class Refused extends Error {}

/** A schema whose value is compiled while it is parsed, so that a refusal tells where in the definition it stands. */
export function compiled<I, O>(schema: z.ZodType<I>, compile: (value: I) => O): z.ZodType<O> {
  return schema.transform((value, context) => {
    try {
      return compile(value)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      context.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  })
}
