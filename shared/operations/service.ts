import { AppError } from '../contract/errors.ts'
import type { Operation, OperationFilter } from '../contract/operation.ts'
import type { PageOf, PageRequest } from '../platform/listing.ts'
import type { TenantId } from '../platform/table.ts'
import type { TableDeps } from '../platform/tenant-table.ts'
import { operationStore } from './store.ts'
import { operationView } from './view.ts'

/** Tells a tenant about its operations. Refusals are AppErrors. */
export const operationService = (deps: TableDeps) => ({
  get: async (tenant: TenantId, id: string): Promise<Operation> => {
    const operation = await operationStore(deps).get(tenant, id)
    if (!operation) throw new AppError('not_found', `There is no operation ${id}`)
    return operationView(operation)
  },
  /** Newest first. */
  list: async (tenant: TenantId, page: PageRequest, filter?: OperationFilter): Promise<PageOf<Operation>> => {
    const { items, ...rest } = await operationStore(deps).list(tenant, page, filter)
    return { ...rest, items: items.map(operationView) }
  },
})
