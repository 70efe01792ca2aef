import type { EVENT_ROUTES } from '../routes/events.ts'
import { type ExamplesOf, SOME } from './example.ts'

const { cluster_id } = SOME

export const EVENT_EXAMPLES: ExamplesOf<typeof EVENT_ROUTES> = {
  listClusterEvents: { params: { cluster_id }, query: { limit: '20' } },
  listEvents: { query: { limit: '100' } },
}
