import type { AUDIT_ROUTES } from '../routes/audit.ts'
import type { ExamplesOf } from './example.ts'

export const AUDIT_EXAMPLES: ExamplesOf<typeof AUDIT_ROUTES> = {
  listAudit: { query: { limit: '100' } },
}
