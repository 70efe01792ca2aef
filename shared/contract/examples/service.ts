import type { SERVICE_ROUTES } from '../routes/service.ts'
import type { ExamplesOf } from './example.ts'

export const SERVICE_EXAMPLES: ExamplesOf<typeof SERVICE_ROUTES> = {
  listEngines: {},
  getHealth: {},
  getProblemType: { params: { code: 'quota_exceeded' } },
  getOpenApi: {},
}
