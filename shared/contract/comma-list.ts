import * as z from 'zod'

/**
 * Values of a closed set in one query parameter, by commas: API Gateway joins a parameter that is given several times in the same
 * way (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
 */
export const CommaList = <V extends string>(values: readonly [V, ...V[]], description: string) => {
  const one = `(${values.map((value) => value.replaceAll('.', '\\.')).join('|')})`
  const known = (text: string): text is V => values.some((value) => value === text)
  return z
    .string()
    .transform((text, ctx): V[] => {
      const wanted = text.split(',')
      const strange = wanted.find((value) => !known(value))
      if (strange === undefined) return [...new Set(wanted.filter(known))]
      ctx.issues.push({ code: 'custom', message: `takes one or more, by commas, of ${values.join(', ')}`, input: text })
      return z.NEVER
    })
    .optional()
    .meta({ type: 'string', pattern: `^${one}(,${one})*$`, description })
}
