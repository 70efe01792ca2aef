import * as z from 'zod'

/** Decimal, since binary fractions are not money. */
const Amount = z.string().regex(/^\d+\.\d+$/)

const PriceItem = z.object({
  item: z.enum(['cpu', 'memory', 'disk']),
  quantity: z.number().meta({ description: 'Of all nodes together' }),
  unit: z.enum(['vCPU', 'GiB']),
  per_hour: Amount,
})

/** What a cluster costs while it is there, whether it is used or not. */
export const Price = z.object({
  currency: z.string().meta({ description: 'ISO 4217' }),
  per_hour: Amount,
  per_month: Amount.meta({ description: 'Of 730 hours' }),
  items: z.array(PriceItem).meta({ description: 'What `per_hour` is the sum of' }),
})
export type Price = z.infer<typeof Price>
