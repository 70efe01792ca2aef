import { awaitEnd, type WaitDeps } from '../../shared/operations/wait.ts'
import type { TenantId } from '../../shared/platform/table.ts'
import type { Answer } from '../edge/answer.ts'
import { waitOf } from '../edge/prefer.ts'

interface Asking {
  tenant: TenantId
  header(name: string): string | undefined
}

const REPLAYED = 'idempotent-replayed'

/** The id at the end of a path that an answer names. */
export const idAt = (path: string | undefined): string => path?.split('/').at(-1) ?? ''

/**
 * Holds an answer as `Prefer: wait=N` asks, until its operation has ended, and gives it with what is true by then. It goes out
 * at once, and does not say that the preference was applied, where too many wait already; and as it is when waiting fails,
 * since what was asked for is done.
 */
export async function hold(
  deps: WaitDeps,
  { tenant, header }: Asking,
  operationId: string,
  answer: Answer,
  byThen: () => Promise<Answer>,
): Promise<Answer> {
  const seconds = waitOf(header('prefer'))
  if (seconds === undefined) return answer
  try {
    if (!(await awaitEnd(deps, tenant, operationId, seconds))) return answer
    const { [REPLAYED]: replayed } = answer.headers
    const { headers, ...held } = await byThen()
    return { ...held, headers: { ...headers, ...(replayed ? { [REPLAYED]: replayed } : {}), 'preference-applied': `wait=${seconds}` } }
  } catch (error) {
    deps.log.error('an answer could not be held', error, { operation: operationId })
    return answer
  }
}
