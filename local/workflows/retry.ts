import * as z from 'zod'
import { type Path, parsePlace } from './paths.ts'
import { compiled } from './refused.ts'

const errorNames = z
  .array(z.string())
  .min(1)
  .refine((names) => !names.includes('States.ALL') || names.length === 1, 'States.ALL must stand alone in ErrorEquals')

export const Retrier = z.strictObject({
  ErrorEquals: errorNames,
  IntervalSeconds: z.int().min(1).max(99_999_999).default(1),
  MaxAttempts: z.int().min(0).max(99_999_999).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().min(1).max(31_622_399).optional(),
  JitterStrategy: z.enum(['NONE', 'FULL']).default('NONE'),
  Comment: z.string().optional(),
})
export type Retrier = z.infer<typeof Retrier>

export const Catcher = z.strictObject({
  ErrorEquals: errorNames,
  ResultPath: compiled(z.string(), parsePlace).nullable().optional(),
  Next: z.string(),
  Comment: z.string().optional(),
})
export type Catcher = { ErrorEquals: string[]; ResultPath?: Path | null | undefined; Next: string }

/**
 * States.Runtime cannot be matched at all, States.DataLimitExceeded only by its own name, States.TaskFailed is all but a timeout;
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function matches(names: readonly string[], error: string): boolean {
  if (error === 'States.Runtime') return false
  if (names.includes(error)) return true
  if (error === 'States.DataLimitExceeded') return false
  return names.includes('States.ALL') || (names.includes('States.TaskFailed') && error !== 'States.Timeout')
}

/** Seconds before the attempt that is this retrier's `nth` retry, counted from 1. */
export function retryDelaySeconds(retrier: Retrier, nth: number, random: () => number): number {
  const grown = retrier.IntervalSeconds * retrier.BackoffRate ** (nth - 1)
  const delay = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY)
  return retrier.JitterStrategy === 'FULL' ? delay * random() : delay
}

/**
 * What to do about a failed attempt: the counts per retrier with this retry in them and the delay, or undefined when retrying is over.
 * The first retrier that names the error decides; later ones are not asked when it is used up.
 */
export function nextRetry(
  retriers: readonly Retrier[],
  used: readonly number[],
  error: string,
  random: () => number,
): { used: number[]; delaySeconds: number } | undefined {
  const index = retriers.findIndex((retrier) => matches(retrier.ErrorEquals, error))
  const retrier = retriers[index]
  const nth = (used[index] ?? 0) + 1
  if (!retrier || nth > retrier.MaxAttempts) return undefined
  return {
    used: retriers.map((_, at) => (at === index ? nth : (used[at] ?? 0))),
    delaySeconds: retryDelaySeconds(retrier, nth, random),
  }
}

export function findCatcher(catchers: readonly Catcher[], error: string): Catcher | undefined {
  return catchers.find((catcher) => matches(catcher.ErrorEquals, error))
}
