import { AppError } from '../contract/errors.ts'
import type { Plan } from '../contract/plan.ts'
import { Quota, type QuotaChanges, QuotaOverrides } from '../contract/quota.ts'

/**
 * The plan of that name, or the default one.
 * @throws plan_not_on_offer
 */
export function planNamed(plans: readonly Plan[], name: string | undefined): Plan {
  const found = plans.find((plan) => (name === undefined ? plan.default : plan.name === name))
  if (found) return found
  const detail = `plan ${name} is not on offer; these are: ${plans.map((plan) => plan.name).join(', ')}`
  throw new AppError('plan_not_on_offer', detail, { errors: [{ in: 'body', pointer: '/plan', code: 'plan_not_on_offer', detail }] })
}

/** The limits of a plan, but for those that are the tenant's own. */
export const limitsUnder = (plan: Quota, overrides: QuotaOverrides): Quota => Quota.parse({ ...plan, ...overrides })

/** What is a tenant's own after these changes. */
export const overriddenBy = (before: QuotaOverrides, changes: QuotaChanges): QuotaOverrides =>
  QuotaOverrides.parse(Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, limit]) => limit !== null)))
