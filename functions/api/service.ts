import { offerOf } from '../../shared/clusters/admission.ts'
import { AppError, ERRORS, type ErrorCode } from '../../shared/contract/errors.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import { etagOf, json, resource } from '../edge/answer.ts'
import { operation, tenantOperation } from '../edge/operation.ts'
import { problemType } from '../edge/problem.ts'
import type { ApiDeps } from './deps.ts'

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/** What the API says about itself and its cell. */
export function serviceOperations(deps: Pick<ApiDeps, 'hostClasses' | 'openApi'>) {
  return {
    listEngines: tenantOperation(ROUTES.listEngines, async () => resource(offerOf(deps.hostClasses))),
    getHealth: operation(ROUTES.getHealth, async () => json(200, { state: 'ok' })),
    getProblemType: operation(ROUTES.getProblemType, async ({ params: { code } }) => {
      if (!isCode(code)) throw new AppError('not_found', `There is no error code ${code}`)
      return resource(problemType(code))
    }),
    getOpenApi: operation(ROUTES.getOpenApi, async () => {
      const body = await deps.openApi()
      return { status: 200, headers: { 'content-type': 'application/json', etag: etagOf(body) }, body }
    }),
  }
}
