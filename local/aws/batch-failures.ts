import * as z from 'zod'

const Report = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() }).nullish()

/**
 * What a function with ReportBatchItemFailures says went wrong. A report that names none of the items, or is none, means
 * all of them (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 */
export function failedItems(payload: unknown, items: readonly string[]): string[] {
  const report = Report.safeParse(payload)
  if (!report.success) return [...items]
  const failed = (report.data?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier)
  return failed.every((id) => items.includes(id)) ? failed : [...items]
}
