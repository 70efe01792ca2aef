import { authenticate } from '../shared/tenants/keys.ts'
import { type ApiDeps, apiDeps } from './api/deps.ts'
import { apiOperations } from './api/rows.ts'
import { httpHandler } from './edge/http.ts'

export function createHandler(overrides: Partial<ApiDeps> = {}) {
  const deps = apiDeps(overrides)
  const edge = { ...deps, authenticate: (authorization: string | undefined) => authenticate(deps, authorization) }
  return httpHandler(edge, Object.values(apiOperations(deps)))
}

export const handler = createHandler()
