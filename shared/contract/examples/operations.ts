import type { OPERATION_ROUTES } from '../routes/operations.ts'
import { type ExamplesOf, SOME } from './example.ts'

const { cluster_id, operation_id } = SOME

export const OPERATION_EXAMPLES: ExamplesOf<typeof OPERATION_ROUTES> = {
  listOperations: { query: { cluster_id } },
  getOperation: { params: { operation_id }, headers: { Prefer: 'wait=10' } },
  cancelOperation: { params: { operation_id } },
}
